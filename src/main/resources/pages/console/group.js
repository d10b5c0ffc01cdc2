// One group: its live stream, its members, and what can be done with it.

import {call} from "./api.js";
import {List} from "./list.js";
import {Stream} from "./live.js";
import {number} from "./node.js";

const $ = id => document.getElementById(id);
const MEMBERS_PAGE = 500;
const MEMBERS_AGAIN = 2000;
const FEW_MEMBERS = 1000;
const LONGEST = 8000;

let chosen = null;
let members = [];
let moreMembers = "";
let membersDue = 0;
let paused = false;
let rows = [];

const liveList = new List($("live"), "Live stream, newest first",
  ["Time", "#Offset", "What", "Topic or actor", "Content"],
  row => ({cells: [row.time, String(row.offset), row.kind, row.topic || row.actor, row.text], kind: row.kind}), detail);

const memberList = new List($("members"), "Members", ["Actor", "#Joins", "Nodes", "Held by", "Metadata"], member => {
  const joins = member.joins ?? [];
  const nodes = new Set(joins.map(join => join.nodeId || member.nodeId));
  const metadata = joins.filter(join => Object.keys(join.metadata ?? {}).length > 0);
  return {cells: [member.actorId, String(member.joinCount ?? 1), [...nodes].join(", "), kinds(joins),
    metadata.map(join => JSON.stringify(join.metadata)).join(" ")]};
}, detail, member => member.actorId);

const stream = new Stream(showRows, (sentence, bad) => {
  $("live-state").textContent = sentence;
  $("live-state").className = bad ? "bad" : "muted";
  following();
}, membersChanged);

function kinds(joins) {
  const counts = {};
  joins.forEach(join => counts[join.kind] = (counts[join.kind] ?? 0) + 1);
  return Object.entries(counts).map(([kind, count]) => `${count} ${kind.toLowerCase()}`).join(", ");
}

/** The one that is shown; null: none is. */
export function shown() {
  return chosen;
}

export async function show(group) {
  stream.stop();
  stream.clear();
  chosen = group;
  members = [];
  memberList.show([]);
  $("group").hidden = false;
  $("detail").hidden = true;
  $("published").textContent = "";
  $("live-state").textContent = "Not followed.";
  $("group-title").textContent = group.groupName;
  $("group-title").focus();
  following();
  await readMembers();
}

export function hide() {
  stream.stop();
  chosen = null;
  $("group").hidden = true;
}

function scope() {
  return {tenantId: chosen.tenantId, namespace: chosen.namespace, groupName: chosen.groupName};
}

// Members.

export async function readMembers(more = "") {
  const group = chosen;
  const page = await call("GetMembers", {...scope(), detailed: true, pageSize: MEMBERS_PAGE, pageToken: more});
  if (group === chosen) {
    members = more ? members.concat(page.memberships ?? []) : page.memberships ?? [];
    moreMembers = page.nextPageToken ?? "";
    memberList.show(members);
    $("members-more").hidden = !moreMembers;
    $("members-count").textContent = moreMembers
      ? `${number(members.length)} of ${number(page.totalCount ?? 0)}` : number(members.length);
  }
}

export const readMoreMembers = () => readMembers(moreMembers);

/** Reads them again soon; those of large groups only when they are asked for. */
function membersChanged() {
  if (!membersDue && members.length < FEW_MEMBERS) {
    membersDue = setTimeout(() => {
      membersDue = 0;
      if (chosen) {
        readMembers().catch(() => {});
      }
    }, MEMBERS_AGAIN);
  }
}

// The live stream.

function showRows(all, added, {total, rate, sampled}) {
  if (paused) {
    return;
  }
  const wanted = $("filter").value.toLowerCase();
  const before = rows;
  rows = wanted ? all.filter(row => row.all.includes(wanted)) : all;
  if (added > 0 || rows !== before) {
    liveList.show(rows, wanted ? 0 : added);
  }
  $("sampled").hidden = !sampled;
  if (sampled) {
    $("sampled").textContent =
      `${number(rate)} messages a second: only some of them are shown. All are counted: ${number(total)}.`;
  }
}

function following() {
  $("follow").textContent = stream.isOn ? "Stop" : "Follow";
  $("pause").disabled = !stream.isOn;
}

export function follow() {
  pause(false);
  if (stream.isOn) {
    stream.stop();
    $("live-state").textContent = "Not followed.";
  } else if ($("actor").reportValidity()) {
    stream.start(scope(), $("actor").value, $("join").checked);
  }
  following();
}

export function pause(wish = !paused) {
  paused = wish;
  $("pause").setAttribute("aria-pressed", String(wish));
  $("pause").textContent = wish ? "Go on" : "Pause";
  if (!wish) {
    stream.again();
  }
}

export const filter = () => stream.again();
export const clear = () => stream.clear();

function detail(item) {
  $("detail").hidden = false;
  $("detail").textContent = item.detail ?? JSON.stringify(item, null, 2).slice(0, LONGEST);
}

// Publishing: JSON goes as it stands, so that large numbers and the order of keys survive.

function publishRequest() {
  const content = $("content").value;
  const request = {...scope(), topic: $("topic").value, answer: "COUNTS"};
  const message = {senderId: $("actor").value};
  let data = "";
  try {
    JSON.parse(content);
    data = `,"data":${content}`;
  } catch {
    message.text = content;
  }
  return `${JSON.stringify(request).slice(0, -1)},"message":${JSON.stringify(message).slice(0, -1)}${data}}}`;
}

export async function publish() {
  const done = await call("PublishToGroup", publishRequest());
  $("published").textContent = `Offset ${done.offset}, for ${number(done.recipientsCount ?? 0)} members`
    + (done.failuresCount ? `, ${number(done.failuresCount)} of them not reached` : "") + ".";
}

export async function remove() {
  await call("DeleteGroup", scope());
  hide();
}
