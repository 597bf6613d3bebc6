/*
 * known.h - misses that main has, and why: {check, strategy or UNKNOWN for any, what the miss says,
 * why}. They are counted and shown, and fail nothing. To be emptied.
 */
{C_ZDP, TL_STRATEGY_UNKNOWN, " attempts",
 "one attempt that a table tells of in two minutes, of the cluster and of the instance, is two"},
    {C_MEMBERS, TL_STRATEGY_GLOBAL_FAILOVER, "restarted",
     "a restart between the two ends of a global failover is left out"},
