-- Ends in one group what has expired: leased joins, session joins of nodes whose lease has expired, old messages, idempotency keys.
--
-- KEYS: 1 partition's due, 2 partition's held, 3 writer's lease, 4 partition's leases, 5 group
-- ARGV: 1 node, 2 incarnation, 3 sequence, 4 'tenant namespace group', 5 PUBLISH or SPUBLISH, 6 actors at most, then 'node/incarnation'
--   of each node to end the joins of, if its lease has lapsed
-- Answer: joins ended, 1 when more may have expired. Or: '!FENCED', why.

-- A membership counts as one actor more for each of these bytes, so that a few members with large filters are a step, too.
local ACTOR_BYTES = 1024

local operation = ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3]
-- Actors that may still be looked at.
local left = tonumber(ARGV[6])
DUE, HELD = KEYS[1], KEYS[2]
local elsewhere = moving(KEYS[1])
if elsewhere then
  return elsewhere
end
local now = micros()
local refused = fenced(KEYS[3], tonumber(ARGV[2]), now)
if refused then
  return {'!FENCED', refused}
end
despiteFullMemory(DUE)
if not load(KEYS[5], ARGV[4], now) then
  redis.call('ZREM', DUE, ARGV[4])
  return {'0', '0'}
end

local ended = 0

-- Removes every holding that over() accepts, in one entry.
local function endJoins(actor, reason, over)
  local m, bytes = member(actor)
  left = left - 1 - math.floor(bytes / ACTOR_BYTES)
  if not m then
    return
  end
  local was = marks(m)
  local kept = {}
  for _, held in ipairs(m.holdings) do
    if over(held) then
      ended = ended + held.joins
      countLabel(held, -1)
    else
      kept[#kept + 1] = held
    end
  end
  if #kept == #m.holdings then
    return
  end
  m.holdings = kept
  local after = #kept > 0 and m or nil
  local text = after and show(after) or '-'
  put(actor, was, after, text)
  change('L', int(now), operation .. ' ' .. actor .. ' ' .. reason, text)
end

local function endLeases()
  local due = redis.call('ZRANGEBYSCORE', key .. ':leases', '-inf', int(now), 'LIMIT', '0', int(left))
  for _, actor in ipairs(due) do
    if left <= 0 then
      break
    end
    endJoins(actor, 'LEASE_EXPIRED', function(held)
      return held.ends ~= '' and tonumber(held.ends) <= now
    end)
  end
end

local function endNode(served)
  local ends = redis.call('ZSCORE', KEYS[4], served)
  if not ends or tonumber(ends) > now or left <= 0 then
    return
  end
  local owned = redis.call('ZRANGEBYLEX', key .. ':owned', '[' .. served .. ' ', '(' .. served .. '!', 'LIMIT', '0',
    int(left))
  for _, entry in ipairs(owned) do
    if left <= 0 then
      break
    end
    -- There may be no joins of that node behind it: a server of an earlier version leaves such marks when a session has moved.
    endJoins(string.sub(entry, #served + 2), 'NODE_DOWN', function(held)
      return string.match(held.owner, '^s:[^/]*/([^/]+/%d+)') == served
    end)
    redis.call('ZREM', key .. ':owned', entry)
  end
  if left > 0 then
    redis.call('ZREM', HELD, served .. ' ' .. name)
  end
end

-- Drops messages that are too old; returns when the next one will be.
local function trim()
  local messages = key .. ':messages'
  local past = now - group.age * 1000
  local first, isFirst = oldest(messages, group.offset, function(message)
    return message.at > past
  end)
  if not first then
    forgetMessages()
    return nil
  end
  if not isFirst then
    redis.call('XTRIM', messages, 'MINID', first.id)
    group.weightBefore = first.before
  end
  return first.at + group.age * 1000
end

endLeases()
for i = 7, #ARGV do
  endNode(ARGV[i])
end
local changes = group.changes
group.alarm = 0
local nextMessage = trim()
if nextMessage then
  noLaterThan(nextMessage)
end
local nextKey = forgetKeys(now, 100)
if nextKey then
  noLaterThan(nextKey)
end
local nextLease = redis.call('ZRANGE', key .. ':leases', '0', '0', 'WITHSCORES')
if nextLease[2] then
  noLaterThan(tonumber(nextLease[2]))
end
if group.changes > changes then
  group.changesEnd = keep(':changes', now, CHANGES_LIFE, group.changesEnd)
end
store(ARGV[5])
return {int(ended), (left <= 0 or nextKey == now) and '1' or '0'}
