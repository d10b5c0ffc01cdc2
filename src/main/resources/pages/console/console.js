// The console: what is chosen, and what is asked for it.

import {call, status, subject, useToken} from "./api.js";
import * as group from "./group.js";
import {List} from "./list.js";
import {number, showCharts, showStatus} from "./node.js";

const $ = id => document.getElementById(id);
const REFRESH = 5000;
const PAGE = 1000;
const MOST_GROUPS = 20000;
const RESIZED = 200;

let latest = null;
let rates = new Map();
let groups = [];
let listing = 0;
let listed = 0;

const key = each => [each.tenantId, each.namespace, each.groupName].join("\n");

const groupList = new List($("groups"), "Groups", ["Name", "#Members", "#Messages/s", "#Joins/s"], each => {
  const rate = rates.get(key(each));
  return {cells: [name(each), number(each.memberCount ?? 0), number(rate?.publishes ?? 0), number(rate?.joins ?? 0)]};
}, choose, key);

function name(each) {
  return each.namespace === "default" || $("namespace").value ? each.groupName : `${each.namespace} / ${each.groupName}`;
}

function tell(failure) {
  $("notice").hidden = !failure;
  $("notice").textContent = !failure ? "" : failure.code === "unauthenticated"
    ? "A token is needed, or this one is not accepted: " + failure.message : failure.message;
}

/** Does what a user asked for; what goes wrong is said on the page. */
async function doing(step) {
  try {
    tell(null);
    await step();
  } catch (failure) {
    tell(failure);
  }
}

// Groups.

async function list() {
  const turn = ++listing;
  const found = [];
  let pageToken = "";
  do {
    const page = await call("ListGroups", {tenantId: $("tenant").value, namespace: $("namespace").value,
      namePattern: $("pattern").value, pageSize: PAGE, pageToken});
    if (turn !== listing) {
      return;
    }
    found.push(...page.groups ?? []);
    pageToken = page.nextPageToken ?? "";
    if (found.length >= groups.length || !pageToken) {
      show(found, page.totalCount ?? 0);
    }
  } while (pageToken && found.length < MOST_GROUPS);
  listed = Date.now();
}

function show(found, total) {
  groups = found;
  groupList.show(groups);
  $("groups-count").textContent =
    found.length < total ? `${number(found.length)} of ${number(total)}` : number(found.length);
}

function choose(each) {
  if (group.shown() && key(group.shown()) === key(each)) {
    $("group-title").focus();
    return;
  }
  doing(() => group.show(each));
  remember();
}

function find(namespace, groupName) {
  return groups.find(each => each.namespace === namespace && each.groupName === groupName);
}

async function create() {
  const groupName = $("create-name").value;
  const made = await call("CreateGroup", {tenantId: $("tenant").value, namespace: $("namespace").value, groupName});
  $("create-name").value = "";
  await list();
  const found = find(made.group.namespace, groupName);
  if (found) {
    choose(found);
  }
}

async function remove() {
  await group.remove();
  remember();
  await list();
  $("groups").focus();
}

/** Where the page was, without anything secret, so that it can be loaded again, and shared. */
function remember() {
  const place = new URLSearchParams(
    {tenant: $("tenant").value, namespace: $("namespace").value, names: $("pattern").value});
  if (group.shown()) {
    place.set("group", JSON.stringify([group.shown().namespace, group.shown().groupName]));
  }
  history.replaceState(null, "", "#" + place);
}

async function recall() {
  const place = new URLSearchParams(location.hash.slice(1));
  $("tenant").value = place.get("tenant") ?? "";
  $("namespace").value = place.get("namespace") ?? "";
  $("pattern").value = place.get("names") ?? "";
  if ($("tenant").value && latest?.node.auth !== "jwt") {
    await doing(async () => {
      await list();
      const found = place.has("group") && find(...JSON.parse(place.get("group")));
      if (found) {
        choose(found);
      }
    });
  }
}

// The node.

async function look() {
  try {
    latest = await status();
  } catch {
    $("health").textContent = "● does not answer";
    $("health").className = "bad";
    return;
  }
  rates = new Map(latest.groups.map(each => [[each.tenant, each.namespace, each.group].join("\n"), each]));
  $("token-field").hidden = latest.node.auth !== "jwt";
  const tenants = [...new Set(latest.groups.map(each => each.tenant))];
  $("tenants").replaceChildren(...tenants.map(tenant => new Option(tenant)));
  showStatus(latest);
  groupList.show(groups);
  draw(false);
}

function draw(anew) {
  if (latest && !$("view-charts").hidden) {
    showCharts(latest.charts, anew);
  }
}

async function refresh() {
  if (!document.hidden) {
    await look();
    if (listed && groups.length <= PAGE && Date.now() - listed >= REFRESH) {
      await list().catch(() => {});
    }
  }
  setTimeout(refresh, REFRESH);
}

function view(wished) {
  for (const button of document.querySelectorAll("nav button")) {
    const isIt = button.dataset.view === wished;
    if (isIt) {
      button.setAttribute("aria-current", "page");
    } else {
      button.removeAttribute("aria-current");
    }
    $("view-" + button.dataset.view).hidden = !isIt;
  }
  draw(true);
}

// What users do.

function on(id, event, step) {
  $(id).addEventListener(event, happened => {
    happened.preventDefault();
    step();
  });
}

document.querySelectorAll("nav button").forEach(
  button => button.addEventListener("click", () => view(button.dataset.view)));
on("scope", "submit", () => doing(async () => {
  useToken($("token").value);
  $("actor").value = subject() || $("actor").value;
  group.hide();
  remember();
  await list();
}));
on("create", "submit", () => doing(create));
on("publish", "submit", () => doing(group.publish));
on("follow", "click", group.follow);
on("pause", "click", () => group.pause());
on("clear", "click", group.clear);
on("filter", "input", group.filter);
on("members-refresh", "click", () => doing(() => group.readMembers()));
on("members-more", "click", () => doing(group.readMoreMembers));
on("delete", "click", () => {
  $("confirm-text").textContent = `Delete ${group.shown().groupName}, with its members and messages?`;
  $("confirm").returnValue = "no";
  $("confirm").showModal();
});
$("confirm").addEventListener("close", () => {
  if ($("confirm").returnValue === "yes") {
    doing(remove);
  } else {
    $("delete").focus();
  }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(true));
let resized = 0;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => draw(true), RESIZED);
});

$("actor").value = "console-" + crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
await look();
await recall();
setTimeout(refresh, REFRESH);
