-- Takes an element out of a sorted set: a note from an outbox that has been settled, or a reservation that is not needed.
--
-- KEYS: 1 sorted set
-- ARGV: 1 element
-- Answer: how many there were.

return redis.call('ZREM', KEYS[1], ARGV[1])
