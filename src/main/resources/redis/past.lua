-- Recognises a log after its store has restarted or failed over. Stands before the scripts that change groups, and before those that check
-- whether a position is of a log.
--
-- A partition's *token* names the time since its data were last loaded from a file, taken over by a replica, or moved: the last writes
-- before that may be lost without a trace. A group notes the token under which it got its epoch; under another token, its next change gives
-- it a new epoch. Its past lists the ends of earlier epochs that are part of this log up to there: 'epoch offset' by turns, the newest
-- first.

-- How long the store is assumed to be unchanged without a check, in us: shorter than any store takes to start, or to take over.
local GRANTED = 10000
local MOST_PASTS = 8

-- Whether a position is one of this log, by its past; whether its epoch is; and up to where.
local function covers(past, epoch, offset)
  for before, at in string.gmatch(past or '', '(%S+) (%d+)') do
    if before == epoch then
      return offset <= tonumber(at), true, at
    end
  end
  return false, false, nil
end

-- The token now, which is noted at key with the store's replication id, which changes with each of those events. '' where that is not known.
local function token(key, now)
  local id, known, at = string.match(redis.call('GET', key) or '', '^(%x+) (%S+) (%d+)$')
  local since = at and now - tonumber(at)
  if since and since >= 0 and since < GRANTED then
    return known
  end
  local said = redis.pcall('INFO', 'replication')
  local current = type(said) == 'string' and string.match(said, 'master_replid:(%x+)')
  if not current then
    return known or ''
  end
  if current ~= id then
    known = string.format('%x', now) .. '-' .. string.sub(current, 1, 8)
    -- A store without room refuses a script's first write, if that needs any.
    redis.call('DEL', key)
  end
  -- Without room the write is refused: then it is looked up again.
  redis.pcall('SET', key, current .. ' ' .. known .. ' ' .. string.format('%.0f', now))
  return known
end

-- The new epoch of a group under a new token, with its past. Each token gives another epoch.
local function under(token, epoch, offset, past)
  local life = string.match(epoch, '^(.+)_l%x+%-%x+$') or epoch
  local pasts = {epoch .. ' ' .. string.format('%.0f', offset)}
  for before in string.gmatch(past or '', '%S+ %d+') do
    if #pasts < MOST_PASTS then
      pasts[#pasts + 1] = before
    end
  end
  return life .. '_l' .. token, table.concat(pasts, ' ')
end

