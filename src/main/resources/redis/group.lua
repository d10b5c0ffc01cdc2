-- What append.lua and expire.lua share: one group's counters, members and alarm. Stands after state.lua, past.lua and stream.lua. Before load(), the script says
-- which partition's DUE and HELD these are. The other keys of a group begin with its own, and so lie in the same slot.

local KEY_LIFE = 120000000
local CHANGES_LIFE = 3600000
local CHANGES_BYTES = 4194304
local TOLD_AT_ONCE = 65536

local DUE, HELD
-- Of the partition; looked up once in a call.
local TOKEN
local key, name
local format, match = string.format, string.match

-- The group at work; the same table for all groups of a call.
local group = {
  epoch = '', offset = 0, messages = 0, changes = 0, most = 0, age = 0, alarm = 0, weight = 0, weightBefore = 0,
  heaviest = 0, messagesEnd = 0, changesEnd = 0, lastAt = 0, alarmWas = 0, offsetWas = math.huge, keeps = false, told = 0,
  toldBytes = 0, begun = false, banned = 0, wait = nil, left = false,
}
local told = {}

-- Gives the group at work a new epoch under another token; readers receive it with the next entry.
local function begin(now)
  local past
  group.epoch, past = under(TOKEN, group.epoch, group.offset, redis.call('HGET', key, 'f'))
  group.begun = true
  -- A store without room refuses a script's first write, if that needs any.
  redis.call('HDEL', key, 'f')
  redis.call('HSET', key, 'e', group.epoch, 'f', past, 'g', TOKEN)
  redis.call('ZADD', string.sub(DUE, 1, -4) .. 'outbox', format('%.0f', now), '+' .. name .. ' ' .. group.epoch)
end

-- Whether servers may be there that know the first format alone. They would treat a group with a new epoch as deleted.
local function besideFirst()
  return redis.call('GET', string.sub(DUE, 1, -4) .. 'format') == '1'
end

local function load(groupKey, groupName, now)
  group.offsetWas = math.huge
  local meta = redis.call('HMGET', groupKey, 'e', 'm', 'g', 'b', 'w')
  if not meta[1] then
    return false
  end
  TOKEN = TOKEN or token(string.sub(DUE, 1, -4) .. 'lineage', now)
  key, name = groupKey, groupName
  group.epoch = meta[1]
  group.offset, group.messages, group.changes, group.most, group.age, group.alarm, group.weight, group.weightBefore,
    group.heaviest, group.messagesEnd, group.changesEnd, group.lastAt = struct.unpack(STATE, meta[2])
  group.alarmWas, group.offsetWas = group.alarm, group.offset
  group.keeps = group.most > 0 and group.age > 0
  group.begun = false
  group.banned = tonumber(meta[4] or '0')
  group.wait, group.left = tonumber(meta[5] or ''), false
  if meta[3] ~= TOKEN and TOKEN ~= '' and not besideFirst() then
    begin(now)
  end
  told[1], group.told, group.toldBytes = group.epoch, 1, 0
  return true
end

-- Milliseconds since 1970, rounded up. The alarm may ring early, never late.
local function noLaterThan(at)
  local ms = math.ceil(at / 1000)
  if group.alarm == 0 or ms < group.alarm then
    group.alarm = ms
  end
end

-- Adds an entry to those that are announced together; its end may be a text of its own, or ''.
local function tell(begin, rest)
  local count, bytes = group.told, #begin + #rest
  told[count + 1], told[count + 2], told[count + 3], told[count + 4] = ' ', bytes, ' ', begin
  told[count + 5] = rest
  group.told, group.toldBytes = count + 5, group.toldBytes + bytes
end

-- Announces the entries together; many bytes in portions, as it takes long to join them to one text.
local function announce(publish)
  local channel = key .. ':log'
  if group.toldBytes <= TOLD_AT_ONCE then
    redis.call(publish, channel, table.concat(told, '', 1, group.told))
    return
  end
  local from, bytes = 2, 0
  for i = 2, group.told, 5 do
    bytes = bytes + told[i + 1]
    if bytes > TOLD_AT_ONCE or i + 4 == group.told then
      redis.call(publish, channel, group.epoch .. table.concat(told, '', from, i + 4))
      from, bytes = i + 5, 0
    end
  end
end

-- Lets a stream expire by itself when nothing has been added for a while. That is put off now and then, not each time; so it may come
-- an eighth later, never earlier. Returns when it does, in milliseconds since 1970; 0 without a stream.
local function keep(stream, now, age, ends)
  local ms = math.ceil(now / 1000)
  if ends >= ms + age then
    return ends
  end
  local longer = age + math.floor(age / 8)
  return redis.call('PEXPIRE', key .. stream, format('%d', longer)) == 1 and ms + longer or 0
end

-- The next stream of messages does not expire when this one would have.
local function forgetMessages()
  redis.call('UNLINK', key .. ':messages')
  group.weightBefore, group.messagesEnd = group.weight, 0
end

-- Notes since when a group is empty that is to be deleted for that, and after which change: see delete.lua. A join leaves the note, as it
-- has another number.
local function noteEmpty()
  if redis.call('EXISTS', key .. ':members') == 0 then
    redis.call('HSET', key, 'n', format('%.0f %d', group.lastAt, group.changes))
    redis.call('ZADD', string.sub(DUE, 1, -4) .. 'empty', format('%.0f', math.ceil(group.lastAt / 1000) + group.wait), name)
  end
end

-- Writes back what load() read, and announces the new entries to every reader.
local function store(publish)
  if group.wait and group.left then
    noteEmpty()
  end
  if group.alarm ~= group.alarmWas then
    if group.alarm > 0 then
      redis.call('ZADD', DUE, format('%d', group.alarm), name)
    else
      redis.call('ZREM', DUE, name)
    end
  end
  redis.call('HSET', key, 'm', struct.pack(STATE, group.offset, group.messages, group.changes, group.most, group.age,
    group.alarm, group.weight, group.weightBefore, group.heaviest, group.messagesEnd, group.changesEnd,
    group.lastAt))
  if group.told > 1 then
    announce(publish)
  elseif group.begun then
    redis.call(publish, key .. ':log', group.epoch .. ' ')
  end
end

-- When an idempotency key expires; first: what is kept for it.
local function keyEnds(first)
  return tonumber(match(first, ' (%d+)$')) + KEY_LIFE
end

-- Forgets expired idempotency keys, so many at most; returns when the next one expires.
local function forgetKeys(now, most)
  local keys, order = key .. ':keys', key .. ':keyorder'
  for _ = 1, most do
    local oldest = redis.call('LINDEX', order, '0')
    if not oldest then
      return nil
    end
    local first = redis.call('HGET', keys, oldest)
    local expires = first and keyEnds(first) or 0
    if expires >= now then
      return expires + 1
    end
    redis.call('LPOP', order)
    redis.call('HDEL', keys, oldest)
    redis.call('HDEL', key .. ':firsts', oldest)
  end
  return now
end
