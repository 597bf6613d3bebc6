/*
 * known.h - misses that main has, and why: {check, strategy or UNKNOWN for any, what the miss says,
 * why}. They are counted and shown, and fail nothing. To be emptied.
 */
    {C_ZDP, TL_STRATEGY_UNKNOWN, "fast -9",
     "a startup that is announced after the attempt has finished is lost"},
    {C_ZDP, TL_STRATEGY_UNKNOWN, " attempts",
     "the finish of a cluster with a known account does not find the instance of a table"},
    {C_VERDICT, TL_STRATEGY_UNKNOWN, "(in-progress): succeeded",
     "a reader that shows the new version ends the cluster's run"},
    {C_CLOCKS, TL_STRATEGY_UNKNOWN, "operation",
     "a run is ended by the last row in order, though a row of its minute may be later"},
    {C_MEMBERS, TL_STRATEGY_GLOBAL_FAILOVER, "restarted",
     "a restart between the two ends of a global failover is left out"},
