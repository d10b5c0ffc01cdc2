-- Publishes the heartbeat of a subscriber connection, as a check that messages arrive.
--
-- KEYS: 1 channel
-- ARGV: 1 PUBLISH or SPUBLISH
-- Answer: how many received it.

return redis.call(ARGV[1], KEYS[1], '')
