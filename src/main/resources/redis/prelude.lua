-- What all scripts that write share. Stands before the text of each of them when it is sent; redis/README.md lists them.
-- Times are microseconds since 1970, made into text by int(): tostring() would round them.

local function micros()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function int(number)
  return string.format('%.0f', number)
end

-- Why a write of this incarnation is refused: the newer incarnation, or 'lapsed'. nil when it is not.
-- A node without a lease is known by its writes alone.
local function fenced(key, incarnation, now)
  local known = redis.call('GET', key)
  if known then
    local newest, ends = string.match(known, '^(%d+) (%d+)$')
    newest = tonumber(newest)
    if newest > incarnation then
      return int(newest)
    end
    if newest == incarnation then
      if ends ~= '0' and tonumber(ends) <= now then
        return 'lapsed'
      end
      return nil
    end
  end
  redis.call('SET', key, int(incarnation) .. ' 0', 'PX', 86400000)
  return nil
end

-- A store whose memory is full refuses the first write of a script if that takes room, and none after one that takes none. For scripts that
-- must be done all
-- the same: those that keep leases, and those that make room. key: a sorted set of the slot.
local function despiteFullMemory(key)
  redis.call('ZREM', key, '')
end

-- An error while a slot of a cluster is being moved to another server: then each command is refused whose key is not here, whether it has gone
-- ahead or never was, and a change would be made by half. key: of the slot. To be asked before anything is changed.
local function moving(key)
  local said = redis.pcall('EXISTS', key .. ':none')
  return type(said) == 'table' and redis.error_reply('TRYAGAIN the slot is moving') or nil
end

-- The answer this call got before, or an error when a later call of the writer was answered; nil for a new call.
local function answered(key, call)
  local last = redis.call('GET', key)
  if not last then
    return nil
  end
  local space = string.find(last, ' ', 1, true)
  local number = tonumber(string.sub(last, 1, space - 1))
  if number < call then
    return nil
  end
  if number > call then
    return redis.error_reply('STALE call ' .. int(call) .. ', the last was ' .. int(number))
  end
  return cmsgpack.unpack(string.sub(last, space + 1))
end

-- Remembers the answer of a call for as long as a copy of it may be under way.
local function answer(key, call, reply)
  redis.call('SET', key, int(call) .. ' ' .. cmsgpack.pack(reply), 'PX', 60000)
  return reply
end
