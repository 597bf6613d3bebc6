$exit == 2 and ($err | contains("no assumption luck") and contains("clocks-agree, listed-order, startup-refuses, twins, zdp-duration, zdp-window"))
