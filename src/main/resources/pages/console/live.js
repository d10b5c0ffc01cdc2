// One group's live stream: messages, joins, leaves and gaps in one list, newest first. What comes faster than people
// can read is sampled: changes of members and gaps are all shown, messages are counted, and some of them shown.

import {socket} from "./api.js";

const KEPT = 2000;
const TICK = 250;
const MESSAGES_A_TICK = 25;
const LONGEST = 4000;
const AGAIN = new Set([1001, 1005, 1006, 1011, 1012, 1013, 1014, 4408, 4430, 4431, 4500, 4503]);
const LONGEST_PAUSE = 10000;

/** Follows one group at a time. Calls back at most every {@link TICK} ms, whatever comes. */
export class Stream {
  #rows = [];
  #fresh = [];
  #socket = null;
  #want = null;
  #resume = "";
  #epoch = "";
  #offset = "";
  #tries = 0;
  #retry = 0;
  #messages = 0;
  #total = 0;
  #left = 0;
  #changed;
  #said;
  #members;

  /**
   * @param changed called with all rows, how many are new, and {total, rate, sampled}
   * @param said called with a sentence about the connection, and whether it is one about trouble
   * @param members called when members have changed
   */
  constructor(changed, said, members) {
    this.#changed = changed;
    this.#said = said;
    this.#members = members;
    setInterval(() => this.#tick(), TICK);
  }

  get isOn() {
    return this.#want !== null;
  }

  start(group, actor, joins) {
    this.stop();
    this.#want = {group, actor, joins};
    this.#tries = 0;
    this.#connect();
  }

  stop() {
    this.#want = null;
    clearTimeout(this.#retry);
    this.#socket?.close(1000);
    this.#socket = null;
    this.#resume = this.#epoch = this.#offset = "";
  }

  clear() {
    this.#rows = [];
    this.#total = 0;
    this.#changed(this.#rows, 0, {total: 0, rate: 0, sampled: false});
  }

  /** Calls back with what there is. */
  again() {
    this.#changed(this.#rows, 0, {total: this.#total, rate: 0, sampled: false});
  }

  #connect() {
    const {group, actor, joins} = this.#want;
    const place = [group.tenantId, group.namespace, group.groupName].map(encodeURIComponent).join("/");
    const query = new URLSearchParams({actor, presence: "members"});
    if (this.#resume) {
      query.set("resume", this.#resume);
      query.set("epoch", this.#epoch);
      query.set("offset", this.#offset);
    }
    const opened = socket(joins ? `/ws/${place}?${query}` : "/ws");
    this.#socket = opened;
    this.#said("Connecting …", false);
    opened.onopen = () => {
      if (!joins) {
        opened.send(JSON.stringify({requestId: 1, open: {tenantId: group.tenantId, namespace: group.namespace, actorId: actor}}));
        opened.send(JSON.stringify({requestId: 2, watch: {groupName: group.groupName}}));
      }
    };
    opened.onmessage = message => {
      if (opened === this.#socket) {
        parse(message.data).events?.forEach(event => this.#take(event));
      }
    };
    opened.onclose = closed => opened === this.#socket && this.#closed(closed);
  }

  #closed({code, reason}) {
    this.#socket = null;
    const why = `closed with ${code}${reason ? ": " + reason : ""}`;
    this.#put("closed", "", "", why, why);
    if (AGAIN.has(code) && this.#want) {
      const pause = Math.random() * Math.min(LONGEST_PAUSE, 250 * 2 ** this.#tries++);
      this.#said(`Connection ${why}. Trying again.`, true);
      this.#retry = setTimeout(() => this.#connect(), pause);
    } else {
      this.#want = null;
      this.#said(`Not followed: ${why}`, true);
    }
  }

  #take(event) {
    if (event.message) {
      this.#offset = event.offset;
      this.#total++;
      if (++this.#messages <= MESSAGES_A_TICK) {
        const {text, json} = content(event.message);
        this.#put("message", event.offset, event.topic ?? "", text, json, event.message.senderId ?? "");
      } else {
        this.#left++;
      }
      return;
    }
    const kind = Object.keys(event).find(key => KINDS[key]);
    if (kind) {
      this.#noted(kind, event);
    }
  }

  #noted(kind, event) {
    const what = event[kind];
    if (kind === "subscribed") {
      this.#epoch = what.epoch;
      this.#offset = what.offset ?? "0";
      this.#resume = what.resumeToken || this.#resume;
    }
    if (kind === "subscribed" || kind === "answer") {
      if (what.error) {
        this.#said("Refused: " + what.error.message, true);
      } else {
        this.#tries = 0;
        this.#said("Following.", false);
      }
    }
    if (kind !== "answer") {
      this.#put(KINDS[kind].kind ?? kind, event.offset ?? "", "", KINDS[kind].text(what), shown(what), what.actorId ?? "");
    }
    if (kind !== "gap") {
      this.#members();
    }
  }

  #put(kind, offset, topic, text, detail, actor = "") {
    const time = new Date().toLocaleTimeString(undefined, {hour12: false});
    this.#fresh.push({kind, offset, topic, text, detail, actor, time, all: `${kind} ${topic} ${actor} ${text}`.toLowerCase()});
    if (this.#fresh.length > KEPT) {
      this.#fresh.shift();
    }
  }

  #tick() {
    const rate = Math.round(this.#messages * 1000 / TICK);
    const sampled = this.#left;
    this.#messages = this.#left = 0;
    const fresh = this.#fresh.reverse();
    this.#fresh = [];
    if (fresh.length > 0 || sampled > 0) {
      this.#rows = fresh.concat(this.#rows).slice(0, KEPT);
    }
    if (fresh.length > 0 || this.isOn) {
      this.#changed(this.#rows, fresh.length, {total: this.#total, rate, sampled: sampled > 0});
    }
  }
}

const member = what => `${what.actorId}${what.nodeId ? " on " + what.nodeId : ""}`;

const KINDS = {
  subscribed: {text: what => `follows from offset ${what.offset ?? 0}${what.recovered ? ", nothing missed" : ""}`},
  snapshot: {text: what => `${what.members?.length ?? 0} members at offset ${what.offset ?? 0}${what.last ? "" : ", more follow"}`},
  joined: {text: what => `${member(what)} joined`},
  left: {text: what => `${what.actorId} left: ${what.reason}`},
  filterChanged: {kind: "filter", text: what => `${member(what)} has the filter ${what.topics?.join(", ") || "ALL"}`},
  updated: {text: what => `${member(what)} changed its metadata`},
  groupDeleted: {kind: "deleted", text: () => "the group was deleted"},
  gap: {text: what => `${what.exact ? "" : "at most "}${what.missed ?? "some"} missing: ${what.reason}`},
  draining: {text: what => `the server sends its clients elsewhere in ${what.closesIn ?? "0s"}`},
  tokenExpiring: {kind: "token", text: what => `the token ends at ${what.expiresAt}`},
  answer: {text: () => ""},
};

/** Numbers that JavaScript would round stay as they were sent, where the browser can do that. */
function parse(text) {
  return !/\d{16}/.test(text) || !JSON.rawJSON ? JSON.parse(text) : JSON.parse(text, (key, value, {source}) =>
    typeof value === "number" && !Number.isSafeInteger(value) ? JSON.rawJSON(source) : value);
}

function shown(what) {
  return JSON.stringify(what, (key, value) => key === "resumeToken" ? undefined : value, 2).slice(0, LONGEST);
}

function content(message) {
  const data = "data" in message ? JSON.stringify(message.data) : message.text ?? message.payload ?? "";
  return {text: data.slice(0, 200), json: data.length > LONGEST ? data.slice(0, LONGEST) + " …" : shown(message)};
}
