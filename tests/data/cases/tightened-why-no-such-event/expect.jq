$exit == 2 and ($err | contains("there is no such event"))
