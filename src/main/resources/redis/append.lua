-- Applies changes to groups of one partition, in order, each whole or not at all; announces the entries of each group together.
--
-- KEYS: 1 partition's due, 2 partition's held, 3 writer's lease, 4 writer's last answer on this track, 5 the same on the
--   other track; then for each part of the call its group
-- ARGV: 1 node, 2 incarnation, 3 number of the call, 4 PUBLISH or SPUBLISH, 5 members per group, 6 topics per member,
--   7 owners per member, 8 node labels per group, 9 retained bytes, 10 idempotency keys, 11 number of the
--   call on the other track that goes before, or '', 12 bytes of memberships that a join of several actors may write,
--   13 bans per group; then for each part
--   'tenant namespace group', epoch or '', count of its changes, count of what follows for them; and for each change
--   kind, sequence, and:
--   M weight, body: a message to all that is never repeated
--   P weight, body, idempotency key: a message that may be repeated
--   O weight, body before and after its dispatch, idempotency key or '', topic or '', actor that must not get it or '', count of
--     candidates, candidate, its joined offset, candidate, …: a message for one member
--   J filter, owner, node, ttl or '', metadata, '' for none, or '-' where servers may be that know none, how many may become members or '',
--     count of actors, actor, actor…: joins
--   U actor, owner or '' for its oldest durable joins, metadata or '': other metadata
--   T actor, owner on the new node, node: a takeover of a session's joins
--   V 1 for away or 0 for back, count, actor, owner, actor, owner…: sessions that receive nothing for now, or again
--   L actor, owner or '', 1 for all joins, reason: a leave
--   E as L with all joins of all owners, and microseconds of a ban, 0 to lift it: an eviction, also of an actor that is no member
--   R actor, owner or '', ttl or '': a renewal of a lease
--   A idempotency key, offset, 'recipients failures node=count,…' ('-': none), digest of the ids or '-', ids, or '' when
--     they were sent lately
-- Answer: lines of text. Time, then for each part its epoch ('' for no group), and unless there is none for each change
--   its offset, or '+offset membership', where '-' is none, of a leave or eviction '+offset ended membership', with how many joins; '=offset at' of a repeated message's first, or of an answer
--   whose ids are too many to be kept; '-CODE about what'.
--   Instead of an epoch '!', and why: this part failed, perhaps after some of its changes. Instead of all: '!FENCED', why; or
--   '!EARLY': the call that goes before was not made yet, and nothing was done. An error STALE when a later call of this writer was answered.

-- Bytes of the metadata of all joins of one member; JoinMetadata says the same.
local MOST_METADATA = 16384

-- Bytes that each compared pattern counts in a batch.
local MERGED_PATTERN_BYTES = 32

-- Ids of answers that are kept for one group in this time, in ms and bytes.
local IDS_LIFE, IDS_BYTES = 300000, 8388608

local node, incarnation = ARGV[1], ARGV[2]
local mostMembers, mostTopics, mostOwners = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local mostLabels, mostBytes, mostKeys, mostBatch = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[12])
local mostBans = tonumber(ARGV[13])
DUE, HELD = KEYS[1], KEYS[2]

-- Not prelude's answered(): here a call on either track makes an earlier one stale, and the answer is text that goes out as it is, without
-- MessagePack, for each publish pays for it.
local answers = redis.call('MGET', KEYS[4], KEYS[5])
local number, text = match(answers[1] or '0\n', '^(%d+)\n(.*)$')
if number == ARGV[3] then
  return text
end
local other = match(answers[2] or '0\n', '^(%d+)\n')
local newest = math.max(tonumber(number), tonumber(other))
if newest > tonumber(ARGV[3]) then
  return redis.error_reply('STALE call ' .. ARGV[3] .. ', the last was ' .. int(newest))
end
local elsewhere = moving(KEYS[1])
if elsewhere then
  return elsewhere
end
local now = micros()
local refused = fenced(KEYS[3], tonumber(incarnation), now)
if refused then
  return '!FENCED\n' .. refused
end
if ARGV[11] ~= '' and ARGV[11] ~= other then
  return '!EARLY'
end

local operator = node .. ' ' .. incarnation .. ' '
local time = int(now)

-- Adds a message; body: of its entry.
local function message(sequence, weight, body)
  local offset, messages = group.offset + 1, group.messages + 1
  group.offset, group.messages, group.lastAt = offset, messages, now
  local id = format('%d', offset)
  local entry = 'P ' .. id .. ' ' .. time .. ' ' .. format('%d %d ', messages, group.weight) .. operator .. sequence .. ' '
  if group.keeps then
    if weight > group.heaviest then
      group.heaviest = weight
    end
    redis.call('XADD', key .. ':messages', id, 'e', entry, 'b', body)
    group.weight = group.weight + weight
  end
  tell(entry, body)
  return offset
end

local function remember(first)
  redis.call('HSET', key .. ':keys', first, format('%d', group.offset) .. ' ' .. time)
  redis.call('RPUSH', key .. ':keyorder', first)
  noLaterThan(now + KEY_LIFE + 1)
end

-- Whether there is room to keep the ids of one more answer. Few ids count as a kilobyte, so that their number is bounded, too.
local function mayKeepIds(bytes)
  bytes = math.max(bytes, 1024)
  local counter = key .. ':idbytes'
  local kept = redis.call('INCRBY', counter, bytes)
  if kept == bytes then
    redis.call('PEXPIRE', counter, IDS_LIFE)
  end
  return kept <= IDS_BYTES
end

-- Keeps the answer to the message with an idempotency key, if it is the first answer.
local function keepAnswer(a)
  local repeatable, offset, digest, ids = ARGV[a], ARGV[a + 1], ARGV[a + 3], ARGV[a + 4]
  local first = redis.call('HGET', key .. ':keys', repeatable)
  if not first or match(first, '^%d+') ~= offset then
    return group.offset
  end
  local answers = key .. ':firsts'
  local kept = redis.call('HGET', answers, repeatable)
  if kept and match(kept, '^%d+') == offset then
    return group.offset
  end
  local refused = false
  if ids ~= '' then
    if mayKeepIds(#ids) then
      redis.call('SET', key .. ':ids:' .. digest, ids, 'PX', IDS_LIFE)
      -- So that a deletion finds the keys of the ids.
      redis.call('SADD', key .. ':digests', digest)
      redis.call('PEXPIRE', key .. ':digests', IDS_LIFE)
    else
      digest, refused = '-', true
    end
  end
  redis.call('HSET', answers, repeatable, offset .. ' ' .. ARGV[a + 2] .. ' ' .. digest)
  redis.call('PEXPIRE', answers, IDS_LIFE)
  return refused and '=' .. int(group.offset) .. ' ' .. time or group.offset
end

-- Expired idempotency keys that this call may still forget, besides two for each new one; and how many it may still search through for one.
local forgets, searched = 100, 100000

-- The answer to the first message with this key, or an error when there are too many keys; nil: this message is the first.
local function repeated(repeatable)
  forgetKeys(now, math.max(2, forgets))
  forgets = 0
  local first = redis.call('HGET', key .. ':keys', repeatable)
  if first and keyEnds(first) >= now then
    return '=' .. first
  elseif first then
    -- More keys have expired than are forgotten at once.
    if searched <= 0 then
      return '-LIMIT_EXCEEDED idempotency-keys'
    end
    searched = searched - redis.call('LLEN', key .. ':keyorder')
    redis.call('HDEL', key .. ':keys', repeatable)
    redis.call('HDEL', key .. ':firsts', repeatable)
    redis.call('LREM', key .. ':keyorder', '1', repeatable)
  end
  if redis.call('HLEN', key .. ':keys') >= mostKeys then
    return '-LIMIT_EXCEEDED idempotency-keys'
  end
  return nil
end

local function publish(sequence, a)
  local first = repeated(ARGV[a + 2])
  if first then
    return first
  end
  local offset = message(sequence, tonumber(ARGV[a]), ARGV[a + 1])
  remember(ARGV[a + 2])
  return offset
end

local function publishToOne(sequence, a)
  local repeatable = ARGV[a + 3]
  local first = repeatable ~= '' and repeated(repeatable)
  if first then
    return first
  end
  local to = settle(a + 7, tonumber(ARGV[a + 6]), ARGV[a + 4], ARGV[a + 5], node)
  local offset = message(sequence, tonumber(ARGV[a]), ARGV[a + 1] .. to .. ARGV[a + 2])
  if repeatable ~= '' then
    remember(repeatable)
  end
  return offset
end

-- The last two filters that were merged: those of a batch are usually alike.
local united = {one = '', more = '', all = '', count = 0}

-- Both filters as one, the number of its patterns, and the number of patterns that were compared.
local function union(one, more)
  if one == '=' or more == '=' then
    return '=', 0, 0
  end
  if united.one == one and united.more == more then
    return united.all, united.count, 0
  end
  local seen, all, looked = {}, {}, 0
  for pattern in string.gmatch(one == more and one or one .. ',' .. more, '[^,]+') do
    looked = looked + 1
    if not seen[pattern] then
      seen[pattern] = true
      all[#all + 1] = pattern
    end
  end
  united = {one = one, more = more, all = table.concat(all, ','), count = #all}
  return united.all, united.count, looked
end

local function holding(m, owner)
  for i, held in ipairs(m.holdings) do
    if held.owner == owner then
      return i
    end
  end
  return nil
end

-- Whether the joins of a member say more than they may.
local function saysTooMuch(m)
  local bytes = 0
  for _, held in ipairs(m.holdings) do
    bytes = bytes + (held.meta == '' and 0 or tonumber(match(held.meta, '^%d+')))
  end
  return bytes > MOST_METADATA
end

-- The membership with one more join, the number of patterns that were compared for it; then the limit that this would exceed, or nil, and whether its
-- owner held none.
local function joined(m, filter, added, offset)
  local topics, looked
  if m then
    m.filter, topics, looked = union(m.filter, filter)
  else
    m = {at = time, offset = format('%d', offset), holdings = {}}
    m.filter, topics, looked = union(filter, filter)
  end
  m.beat = time
  local at = holding(m, added.owner)
  local had = at and m.holdings[at] or {joins = 0, since = added.dated and #m.holdings > 0 and time or '', meta = ''}
  m.holdings[at or #m.holdings + 1] = {owner = added.owner, node = added.node, joins = had.joins + 1, ttl = added.ttl, ends = added.ends,
    away = '', since = had.since, meta = added.meta == '' and had.meta or added.meta}
  if topics > mostTopics then
    return m, looked, 'topics-per-member', not at
  end
  if #m.holdings > mostOwners then
    return m, looked, 'owners-per-member', not at
  end
  if added.meta ~= '' and saysTooMuch(m) then
    return m, looked, 'metadata', not at
  end
  return m, looked, nil, not at
end

local function join(operation, a)
  local filter = ARGV[a]
  local added = {owner = ARGV[a + 1], node = ARGV[a + 2], ttl = ARGV[a + 3], ends = '', dated = ARGV[a + 4] ~= '-', meta = ARGV[a + 4]}
  if not added.dated then
    added.meta = ''
  end
  if added.ttl ~= '' then
    added.ends = int(now + tonumber(added.ttl))
  end
  -- An actor that is named twice joins twice: the second join finds the membership of the first.
  local steps, made, newcomers, labelled, bytes = {}, {}, 0, 0, 0
  local count = tonumber(ARGV[a + 6])
  local refused = refusal(a + 7, a + 6 + count, now)
  if refused then
    return refused
  end
  local found, first = texts(a + 7, a + 6 + count), 1
  for i = 1, count do
    local actor = ARGV[a + 6 + i]
    if i - first == #found then
      found, first = texts(a + 6 + i, a + 6 + count), i
    end
    local text = found[i - first + 1]
    local m = made[actor] or text and parse(text)
    local step = {actor = actor, marks = marks(m), first = not m, filter = m and m.filter}
    local looked, limit, holds
    step.after, looked, limit, holds = joined(m, filter, added, group.offset + i)
    if limit then
      return '-LIMIT_EXCEEDED ' .. limit
    end
    made[actor] = step.after
    step.changed = not step.first and step.filter ~= step.after.filter
    step.text = show(step.after)
    bytes = bytes + #actor + #step.text + MERGED_PATTERN_BYTES * looked
    if count > 1 and bytes > mostBatch then
      return '-LIMIT_EXCEEDED batch-bytes'
    end
    newcomers = newcomers + (step.first and 1 or 0)
    labelled = labelled + (holds and 1 or 0)
    steps[i] = step
  end
  if newcomers > 0 and redis.call('HLEN', key .. ':members') + newcomers > mostMembers then
    return '-LIMIT_EXCEEDED members-per-group'
  end
  -- The node that writes is none of those a client makes up.
  if labelled > 0 and added.node ~= node and tooManyLabels(added, mostLabels) then
    return '-LIMIT_EXCEEDED node-labels-per-group'
  end
  -- All groups of the tenant share what its quota leaves: the server has counted them.
  if newcomers > 0 and ARGV[a + 5] ~= '' and newcomers > tonumber(ARGV[a + 5]) then
    return '-QUOTA_EXCEEDED members'
  end
  for i = 1, count, 100 do
    local fields = {}
    for j = i, math.min(count, i + 99) do
      fields[#fields + 1], fields[#fields + 2] = steps[j].actor, steps[j].text
    end
    redis.call('HSET', key .. ':members', unpack(fields))
  end
  for i = 1, count do
    local step = steps[i]
    mark(step.actor, step.marks, step.after)
    change('J', time, operation .. (step.first and ' 1 ' or ' 0 ') .. (step.changed and '1 ' or '0 ') .. added.owner
      .. ' ' .. step.actor, step.text)
  end
  if labelled > 0 then
    countLabel(added, labelled)
  end
  return '+' .. group.offset .. ' ' .. steps[count].text
end

-- The owner whose join a leave without an owner ends: durable, then the lease that ends first, then sessions, oldest first.
local function nextToLeave(m)
  local rank = {d = 0, l = 1, s = 2}
  local best, bestRank, bestEnds
  for i, held in ipairs(m.holdings) do
    local r = rank[string.sub(held.owner, 1, 1)]
    local ends = held.ends == '' and math.huge or tonumber(held.ends)
    if not best or r < bestRank or (r == bestRank and ends < bestEnds) then
      best, bestRank, bestEnds = i, r, ends
    end
  end
  return best
end

local function leave(operation, a)
  local actor, owner, all, reason = ARGV[a], ARGV[a + 1], ARGV[a + 2] == '1', ARGV[a + 3]
  local m = member(actor)
  if not m then
    return '-NOT_A_MEMBER ' .. actor
  end
  local was, ended = marks(m), 1
  local at = owner ~= '' and holding(m, owner) or nil
  if owner ~= '' and not at then
    return string.sub(owner, 1, 1) == 'l' and '-LEASE_NOT_FOUND ' .. owner or '-NOT_A_MEMBER ' .. actor
  end
  if owner == '' and all then
    ended = 0
    for _, held in ipairs(m.holdings) do
      countLabel(held, -1)
      ended = ended + held.joins
    end
    m.holdings = {}
  else
    at = at or nextToLeave(m)
    if all or m.holdings[at].joins == 1 then
      ended = m.holdings[at].joins
      countLabel(table.remove(m.holdings, at), -1)
    else
      m.holdings[at].joins = m.holdings[at].joins - 1
    end
  end
  local after = #m.holdings > 0 and m or nil
  local text = after and show(after) or '-'
  put(actor, was, after, text)
  change('L', time, operation .. ' ' .. actor .. ' ' .. reason, text)
  return '+' .. group.offset .. ' ' .. int(ended) .. ' ' .. text
end

local function evict(operation, a)
  local refused = ban(ARGV[a], tonumber(ARGV[a + 4]), mostBans, now)
  if refused then
    return refused
  end
  if redis.call('HEXISTS', key .. ':members', ARGV[a]) == 0 then
    return '+' .. group.offset .. ' 0 -'
  end
  return leave(operation, a)
end

local function takeOver(operation, a)
  local actor, owner, to = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local refused = refusal(a, a, now)
  if refused then
    return refused
  end
  local session, mine = match(owner, '^(s:[^/]*/)[^/]+/%d+/?(%d*)$')
  local claim = tonumber(mine) or 0
  local m = member(actor)
  local was = marks(m)
  local kept, taken = {}, nil
  for _, held in ipairs(m and m.holdings or {}) do
    if string.sub(held.owner, 1, #session) ~= session then
      kept[#kept + 1] = held
    elseif (tonumber(match(held.owner, '/%d+/(%d+)$')) or 0) > claim then
      return '-SESSION_REPLACED -'
    elseif taken then
      taken.joins = taken.joins + held.joins
      taken.meta = held.meta == '' and taken.meta or held.meta
    else
      taken = {owner = owner, node = to, joins = held.joins, ttl = '', ends = '', away = '', since = held.since, meta = held.meta}
      kept[#kept + 1] = taken
    end
  end
  if not taken then
    return '-NOT_A_MEMBER ' .. actor
  end
  m.holdings = kept
  m.beat = time
  local text = show(m)
  put(actor, was, m, text)
  change('J', time, operation .. ' 0 0 ' .. owner .. ' ' .. actor, text)
  return '+' .. group.offset .. ' ' .. text
end

-- Replaces the metadata of the joins of one owner; nothing is written when they have it already.
local function update(operation, a)
  local actor, owner, meta = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local m = member(actor)
  if not m then
    return '-NOT_A_MEMBER ' .. actor
  end
  local found
  for _, held in ipairs(m.holdings) do
    if not found and (held.owner == owner or (owner == '' and string.sub(held.owner, 1, 2) == 'd:')) then
      found = held
    end
  end
  if not found then
    return string.sub(owner, 1, 1) == 'l' and '-LEASE_NOT_FOUND ' .. owner or '-NOT_A_MEMBER ' .. actor
  end
  local same = found.meta == meta
  found.meta = meta
  if meta ~= '' and not same and saysTooMuch(m) then
    return '-LIMIT_EXCEEDED metadata'
  end
  local text = show(m)
  if not same then
    redis.call('HSET', key .. ':members', actor, text)
    change('J', time, operation .. ' 0 0 ' .. found.owner .. ' ' .. actor, text)
  end
  return '+' .. int(group.offset) .. ' ' .. text
end

-- Notes whether sessions receive messages now. Sessions without joins, or with the same note already, are skipped.
local function reach(operation, a)
  local away = ARGV[a] == '1' and 'a' or ''
  for i = a + 2, a + 2 * tonumber(ARGV[a + 1]), 2 do
    local actor, owner = ARGV[i], ARGV[i + 1]
    local m = member(actor)
    local at = m and holding(m, owner)
    if at and m.holdings[at].away ~= away then
      m.holdings[at].away = away
      local text = show(m)
      redis.call('HSET', key .. ':members', actor, text)
      change('J', time, operation .. ' 0 0 ' .. owner .. ' ' .. actor, text)
    end
  end
  return group.offset
end

local function renew(a)
  local actor, owner, ttl = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local m = member(actor)
  if not m then
    return '-NOT_A_MEMBER ' .. actor
  end
  local was = marks(m)
  local renewed = false
  for _, held in ipairs(m.holdings) do
    if held.ends ~= '' and (owner == '' or held.owner == owner) then
      if ttl ~= '' then
        held.ttl = ttl
      end
      held.ends = int(now + tonumber(held.ttl))
      renewed = true
    end
  end
  if not renewed then
    return '-LEASE_NOT_FOUND ' .. owner
  end
  m.beat = time
  local text = show(m)
  put(actor, was, m, text)
  return '+' .. group.offset .. ' ' .. text
end

-- Drops the oldest messages beyond count and bytes, of which added were new. By count it does so for many at once, as Redis drops a
-- hundred at least. The weight before the oldest kept is known only roughly, and from above; it is looked up when the bound may be passed.
local function trim(added)
  local messages = key .. ':messages'
  if group.messages % 32 < added then
    redis.call('XTRIM', messages, 'MAXLEN', '~', format('%d', group.most))
  end
  noLaterThan(now + group.age * 1000)
  if group.most * group.heaviest <= mostBytes or group.weight - group.weightBefore <= mostBytes then
    return
  end
  local first, isFirst = oldest(messages, group.offset, function(message)
    return message.ordinal > group.messages - group.most and group.weight - message.before <= mostBytes
  end)
  if not first then
    forgetMessages()
    return
  end
  group.weightBefore = first.before
  if not isFirst then
    redis.call('XTRIM', messages, 'MINID', first.id)
  end
end

local reply, replies = {time}, 1

-- Applies one part, and leaves its answers behind those before it. full: what takes room is refused.
local function apply(groupKey, groupName, epoch, first, count, full)
  replies = replies + 1
  if not load(groupKey, groupName, now) then
    reply[replies] = ''
    return
  end
  reply[replies] = group.epoch
  local stale = epoch ~= '' and epoch ~= group.epoch and '-EPOCH_CHANGED ' .. group.epoch
  local messages, changes, a = group.messages, group.changes, first
  for _ = 1, count do
    local kind, sequence = ARGV[a], ARGV[a + 1]
    local said = stale
    a = a + 2
    if full and not said and (kind == 'M' or kind == 'P' or kind == 'J' or (kind == 'E' and ARGV[a + 4] ~= '0')
      or (kind == 'U' and ARGV[a + 2] ~= '')) then
      said = '-STORE_UNAVAILABLE memory'
    end
    if kind == 'M' then
      said = said or message(sequence, tonumber(ARGV[a]), ARGV[a + 1])
      a = a + 2
    elseif kind == 'P' then
      said = said or publish(sequence, a)
      a = a + 3
    elseif kind == 'O' then
      said = said or publishToOne(sequence, a)
      a = a + 7 + 2 * tonumber(ARGV[a + 6])
    elseif kind == 'J' then
      said = said or join(operator .. sequence, a)
      a = a + 7 + tonumber(ARGV[a + 6])
    elseif kind == 'U' then
      said = said or update(operator .. sequence, a)
      a = a + 3
    elseif kind == 'L' then
      said = said or leave(operator .. sequence, a)
      a = a + 4
    elseif kind == 'E' then
      said = said or evict(operator .. sequence, a)
      a = a + 5
    elseif kind == 'V' then
      said = said or reach(operator .. sequence, a)
      a = a + 2 + 2 * tonumber(ARGV[a + 1])
    elseif kind == 'T' then
      said = said or takeOver(operator .. sequence, a)
      a = a + 3
    elseif kind == 'A' then
      said = said or keepAnswer(a)
      a = a + 5
    else
      said = said or renew(a)
      a = a + 3
    end
    replies = replies + 1
    reply[replies] = said
  end
  if group.keeps and group.messages > messages then
    trim(group.messages - messages)
    group.messagesEnd = keep(':messages', now, group.age, group.messagesEnd)
  end
  if group.changes > changes then
    group.changesEnd = keep(':changes', now, CHANGES_LIFE, group.changesEnd)
  end
  store(ARGV[4])
end

-- After a failure in the middle, the streams may hold entries that the group does not count yet, and the next change would use their offsets.
-- Counts them, and one more that is nowhere: a reader that misses it reads the group again.
local function abandon()
  if group.offset > group.offsetWas then
    group.offset = group.offset + 1
    store(ARGV[4])
  end
end

local at = 14
for part = 6, #KEYS do
  local count, before = tonumber(ARGV[at + 2]), replies
  local done, why = pcall(apply, KEYS[part], ARGV[at], ARGV[at + 1], at + 4, count)
  if not done and string.find(type(why) == 'table' and why.err or tostring(why), 'used memory', 1, true) then
    -- Refused before anything was written. What makes room, or needs little, is done.
    for i = before + 1, replies do
      reply[i] = nil
    end
    replies = before
    despiteFullMemory(DUE)
    done, why = pcall(apply, KEYS[part], ARGV[at], ARGV[at + 1], at + 4, count, true)
  end
  if not done then
    for i = before + 2, replies do
      reply[i] = nil
    end
    replies = before + 1
    reply[replies] = '!' .. string.gsub(type(why) == 'table' and why.err or tostring(why), '%c', ' ')
    pcall(abandon)
  end
  at = at + 4 + tonumber(ARGV[at + 3])
end
text = table.concat(reply, '\n')
redis.call('SET', KEYS[4], ARGV[3] .. '\n' .. text, 'PX', 60000)
return text
