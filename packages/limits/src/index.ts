/** Rate limits, rings and quotas. */
export {}
