(.runs | length == 1) and (.runs[0] | .verdict == "succeeded" and .from == "16.4.3" and .to == "16.8.1") and $exit == 1 and ($err | test("nowhere.json"))
