-- How the counters of a group are written in field m of its hash: offset of the last entry, messages and changes so far, messages to
-- retain and their age in ms, alarm (0: none), weight of all messages, weight before the oldest retained, weight of the heaviest,
-- when the streams of messages and of changes expire; times in ms since 1970. At the end, time of the last entry, in us.

local STATE = '<dddddddddddd'
