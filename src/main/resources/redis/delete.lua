-- Deletes a group, which ends its epoch, and announces that to every reader.
--
-- KEYS: 1 group, 2 partition's due, 3 partition's held, 4 writer's lease, 5 writer's last answer, 6 partition's outbox, 7 partition's empty
-- ARGV: 1 node, 2 incarnation, 3 number of the call, 4 'tenant namespace group', 5 PUBLISH or SPUBLISH, 6 epoch or '', 7 sequence,
--   8 '1': only if the group has been empty for as long as it was made for; else ''
-- Answer: '~' for a group that is not to be deleted. Or: epoch ('' for no group), time, offset of the last entry, '1' when clear.lua must remove the sessions of its members from the
--   index. Or: '-', epoch of the group, which is another. Or: '!FENCED', why.
--   An error STALE.

-- After how many ms a group that has members is looked at again: by then, a server of an earlier version may have ended the last join
-- without a note of that.
local LOOK_AGAIN = 300000

local call, name = tonumber(ARGV[3]), ARGV[4]
local before = answered(KEYS[5], call)
if before then
  return before
end
local elsewhere = moving(KEYS[1])
if elsewhere then
  return elsewhere
end
local now = micros()
local refused = fenced(KEYS[4], tonumber(ARGV[2]), now)
if refused then
  return {'!FENCED', refused}
end
despiteFullMemory(KEYS[3])
local meta = redis.call('HMGET', KEYS[1], 'e', 'm')
local epoch = meta[1]

-- When to look at the group again, in ms since 1970, as it is not to be deleted; nil: it is.
local function stays()
  local wait, since, banned = unpack(redis.call('HMGET', KEYS[1], 'w', 'n', 'b'))
  if not wait then
    return 0
  end
  wait = tonumber(wait)
  local ms = math.ceil(now / 1000)
  if redis.call('EXISTS', KEYS[1] .. ':members') == 1 then
    return ms + math.max(wait, LOOK_AGAIN)
  end
  local _, _, changes = struct.unpack(STATE, meta[2])
  local began, known = string.match(since or '', '^(%d+) (%d+)$')
  if tonumber(known) ~= changes then
    -- A server of an earlier version has ended the last join: it may have been just now.
    redis.call('HSET', KEYS[1], 'n', int(now) .. ' ' .. int(changes))
    return ms + wait
  end
  -- With the group its bans would be gone: whoever is banned could come back to the next one by its name.
  local ends = math.max(tonumber(began) + wait * 1000, tonumber(banned or '0'))
  return now < ends and math.ceil(ends / 1000) or nil
end

if ARGV[8] == '1' then
  local again = epoch and stays() or (not epoch and 0)
  if again and again > 0 then
    redis.call('ZADD', KEYS[7], int(again), name)
    return {'~'}
  elseif again then
    redis.call('ZREM', KEYS[7], name)
    return {'~'}
  end
end
if not epoch then
  return answer(KEYS[5], call, {'', int(now), '0'})
end
if ARGV[6] ~= '' and ARGV[6] ~= epoch then
  return answer(KEYS[5], call, {'-', epoch})
end

-- The partition knows which node incarnations hold joins here: one lookup for each of them, whatever the number of members.
local from = '-'
while true do
  local owned = redis.call('ZRANGEBYLEX', KEYS[1] .. ':owned', from, '+', 'LIMIT', '0', '1')[1]
  if not owned then
    break
  end
  local served = string.match(owned, '^(%S+) ')
  redis.call('ZREM', KEYS[3], served .. ' ' .. name)
  from = '(' .. served .. '!'
end
-- And which sessions do: one step for each of those. Many, or large ones, are left to clear.lua, so that no other call waits for them.
local members = KEYS[1] .. ':members'
local many = false
if from ~= '-' then
  local _, all = few(members)
  many = not all
end
if many then
  redis.call('RENAME', members, KEYS[1] .. ':gone:' .. epoch)
  redis.call('ZADD', KEYS[6], int(now), '*' .. name .. ' ' .. epoch)
elseif from ~= '-' then
  for _, text in ipairs(redis.call('HVALS', members)) do
    for session in string.gmatch(text, '[ ,](s:[^/|, ]*)/') do
      redis.call('ZREM', KEYS[3], session .. ' ' .. name)
    end
  end
end
redis.call('ZREM', KEYS[2], name)
redis.call('ZREM', KEYS[7], name)
local gone = {KEYS[1]}
for _, part in ipairs({'bans', 'digests', 'labels', 'members', 'messages', 'changes', 'leases', 'owned', 'keys', 'keyorder', 'firsts', 'idbytes'}) do
  gone[#gone + 1] = KEYS[1] .. ':' .. part
end
-- Those of the ids that are more expire by themselves.
for _, digest in ipairs(redis.call('SRANDMEMBER', KEYS[1] .. ':digests', '1000')) do
  gone[#gone + 1] = KEYS[1] .. ':ids:' .. digest
end
redis.call('UNLINK', unpack(gone))

local offset = int(struct.unpack(STATE, meta[2]) + 1)
local entry = 'D ' .. offset .. ' ' .. int(now) .. ' ' .. ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[7]
redis.call('SET', KEYS[1] .. ':deleted:' .. epoch, entry, 'PX', 60000)
redis.call('ZADD', KEYS[6], int(now), '-' .. name .. ' ' .. epoch)
redis.call(ARGV[5], KEYS[1] .. ':log', epoch .. ' ' .. #entry .. ' ' .. entry)
return answer(KEYS[5], call, {epoch, int(now), offset, many and '1' or ''})
