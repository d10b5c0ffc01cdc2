-- Removes sessions that held joins in a deleted epoch of a group from the partition's index: some of them at a time.
--
-- KEYS: 1 that epoch's members, 2 the group's members now, 3 partition's held, 4 partition's outbox
-- ARGV: 1 cursor, 0 at first, 2 about how many members, 3 'tenant namespace group', 4 the outbox's note of this
-- Answer: next cursor, 0 at the end.

local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
for i = 1, #page[2], 2 do
  local now
  for session in string.gmatch(page[2][i + 1], '[ ,](s:[^/|, ]*/)') do
    -- The next epoch of the group may have the session again: a session is one actor's.
    now = now or redis.call('HGET', KEYS[2], page[2][i]) or ''
    if not string.find(now, session, 1, true) then
      redis.call('ZREM', KEYS[3], string.sub(session, 1, -2) .. ' ' .. ARGV[3])
    end
  end
end
if page[1] == '0' then
  redis.call('UNLINK', KEYS[1])
  redis.call('ZREM', KEYS[4], ARGV[4])
else
  -- Keeps the note fresh: no sweep counts it as left behind meanwhile.
  local time = redis.call('TIME')
  redis.call('ZADD', KEYS[4], 'XX', string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2])), ARGV[4])
end
return page[1]
