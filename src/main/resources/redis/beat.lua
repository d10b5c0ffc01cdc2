-- Lets a subscriber connection hear itself.
--
-- KEYS: 1 channel
-- ARGV: 1 PUBLISH or SPUBLISH
-- Answer: how many heard it.

return redis.call(ARGV[1], KEYS[1], '')
