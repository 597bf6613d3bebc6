/*
 * known.h - misses that main has, and why: {check, strategy or UNKNOWN for any, what the miss says,
 * why}. They are counted and shown, and fail nothing. To be emptied.
 */
    {C_ZDP, TL_STRATEGY_UNKNOWN, "fast -9",
     "a startup that is announced after the attempt has finished is lost"},
    {C_ZDP, TL_STRATEGY_UNKNOWN, " attempts",
     "the finish of a cluster with a known account does not find the instance of a table"},
    {C_MEMBERS, TL_STRATEGY_GLOBAL_FAILOVER, "restarted",
     "a restart between the two ends of a global failover is left out"},
