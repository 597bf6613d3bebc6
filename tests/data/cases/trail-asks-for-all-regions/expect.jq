(.runs | length == 1) and .runs[0].strategy == "managed-global-minor" and .runs[0].requested.via == "ModifyGlobalCluster"
