# What a user would write: first failure and first success of each outage of a probe log.
/Connection refused|starting up/ { if (!down) { down = 1; first = $1 " " $2 }; next }
{ if (down) { print first "\t" $1 " " $2; down = 0 } }
