// What the node says of itself, as facts, tables and charts.

const $ = id => document.getElementById(id);
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

const CHARTS = [
  {title: "Messages a second", series: {publishes: "published", deliveries: "delivered"}},
  {title: "Members a second", series: {joins: "joins", leaves: "leaves"}},
  {title: "Clients", series: {connections: "connections", sessions: "sessions"}},
  {title: "Delivery queue", series: {queueBytes: "held for clients", backlogBytes: "waiting in the busiest loop"}, show: bytes},
  {title: "Log lag", series: {lagEntries: "entries to read"}},
  {title: "Trouble a second", series: {drops: "messages dropped", gaps: "gaps", slowConsumers: "slow consumers cut"}},
];

export function bytes(count) {
  let unit = 0;
  while (count >= 1024 && unit < UNITS.length - 1) {
    count /= 1024;
    unit++;
  }
  return `${count < 10 && unit > 0 ? count.toFixed(1) : Math.round(count)} ${UNITS[unit]}`;
}

export const number = value => value.toLocaleString(undefined, {maximumFractionDigits: value < 10 ? 1 : 0});

function time(seconds) {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].map(([size, name]) => {
    const count = Math.floor(seconds / size);
    seconds %= size;
    return count ? `${count} ${name}` : "";
  });
  return parts.filter(part => part).slice(0, 2).join(" ") || "0 s";
}

function facts(id, pairs) {
  const list = $(id);
  pairs.forEach(([name, value], i) => {
    const term = list.children[2 * i] ?? list.appendChild(document.createElement("dt"));
    const said = list.children[2 * i + 1] ?? list.appendChild(document.createElement("dd"));
    text(term, name);
    text(said, String(value));
  });
  while (list.children.length > 2 * pairs.length) {
    list.lastChild.remove();
  }
}

function text(element, said) {
  if (element.textContent !== said) {
    element.textContent = said;
  }
}

function rows(id, lines) {
  $(id).tBodies[0].replaceChildren(...lines.map(line => {
    const row = document.createElement("tr");
    for (const value of line) {
      row.insertCell().textContent = value;
    }
    return row;
  }));
}

export function showStatus(status) {
  const {node, lease, store, connections, delivery, tasks, nodes} = status;
  const ready = node.serving && lease.held && store.healthy && !store.unreadable;
  text($("node-line"), `${node.id} · ${node.version} · ${store.kind} · up ${time(node.uptimeSeconds)}`);
  text($("health"), ready ? "● serves" : "● does not serve");
  $("health").className = ready ? "good" : "bad";
  facts("facts-node", [
    ["Name", node.id], ["Incarnation", node.incarnation], ["Version", node.version], ["Up for", time(node.uptimeSeconds)],
    ["Callers are asked", node.auth === "none" ? "nothing" : "for a token"],
    ["Connections", `${number(connections.all)} of ${number(connections.limit)}`],
    ...Object.entries(connections.kinds).map(([kind, count]) => ["  " + kind, number(count)]),
    ["Sessions", number(connections.sessions)],
    ["Work that hangs", tasks.stalled.join(", ") || "none"], ["Work that fails", tasks.failing.join(", ") || "none"],
  ]);
  facts("facts-store", [
    ["Store", store.kind], ["State", store.healthy ? "answers" : "does not answer"],
    ["Lag", `${number(store.lagEntries)} entries`],
    ["Longest wait for it", store.longestUnansweredSeconds.toFixed(1) + " s"],
    ...(store.kind === "memory" ? [["Memory", `${bytes(store.memoryBytes)} of ${bytes(store.memoryLimitBytes)}`]] : []),
    ["Unreadable", store.unreadable || "nothing"],
    ...(store.mayEvict ? [["May lose groups", "its policy is " + store.mayEvict]] : []),
    ["Lease", lease.held ? `held, renewed ${lease.ageSeconds.toFixed(1)} s ago` : "not held"],
    ["Lease lost", number(lease.losses)], ["Renewals refused", number(lease.renewalFailures)],
  ]);
  facts("facts-delivery", [
    ["Held for clients", `${bytes(delivery.queueBytes)} of ${bytes(delivery.queueLimitBytes)}`],
    ["Waiting in a loop", `${bytes(delivery.backlogBytes)} of ${bytes(delivery.backlogLimitBytes)}`],
    ["Open groups", number(delivery.openGroups)], ["Publishes waiting", number(delivery.publishesWaiting)],
    ["Events delivered", number(delivery.delivered)], ["Gaps", number(delivery.gaps)], ["Messages dropped", number(delivery.drops)],
  ]);
  const cuts = Object.entries(delivery.cut);
  facts("facts-cut", [["Slow consumers cut", number(delivery.cut.SLOW_CONSUMER ?? 0)],
    ...cuts.filter(([cause]) => cause !== "SLOW_CONSUMER").map(([cause, count]) => [cause, number(count)])]);
  text($("nodes-note"), `${nodes.known.length}${nodes.more ? " or more" : ""} known; the store said so ${nodes.ageSeconds.toFixed(0)} s ago.`);
  rows("nodes", nodes.known.map(each => [each.node + (each.self ? " (this one)" : ""), String(each.incarnation),
    each.leftSeconds === undefined ? "as long as the process" : Math.max(0, each.leftSeconds).toFixed(1) + " s"]));
  rows("busy", status.groups.map(each => [each.tenant, each.namespace, each.group, number(each.publishes), number(each.joins), number(each.leaves)]));
}

let plots = [];

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function plot(chart, figure) {
  const names = Object.values(chart.series);
  const colors = ["--accent", "--second", "--bad"].map(color);
  const axis = {stroke: color("--muted"), grid: {stroke: color("--line"), width: 1}, ticks: {show: false}};
  return new uPlot({
    width: Math.max(200, figure.clientWidth - 24), height: 150, cursor: {show: false}, legend: {show: false},
    scales: {y: {range: (self, min, max) => [0, Math.max(1, max) * 1.1]}},
    axes: [axis, {...axis, size: 60, values: (self, ticks) => ticks.map(chart.show ?? number)}],
    series: [{}, ...names.map((label, i) => ({label, stroke: colors[i], width: 2, points: {show: false}}))],
  }, [[], ...names.map(() => [])], figure);
}

/** Draws what can be seen; colours and widths may have changed. */
export function showCharts(charts, redraw) {
  const root = $("charts");
  if (redraw || plots.length === 0) {
    root.replaceChildren();
    plots = CHARTS.map(chart => {
      const figure = root.appendChild(document.createElement("figure"));
      const caption = figure.appendChild(document.createElement("figcaption"));
      return {chart, caption, plot: plot(chart, figure)};
    });
  }
  for (const {chart, caption, plot} of plots) {
    const keys = Object.keys(chart.series);
    plot.setData([charts.at, ...keys.map(key => charts.series[key])]);
    const show = chart.show ?? number;
    caption.replaceChildren(`${chart.title}: `, ...keys.map((key, i) => {
      const values = charts.series[key];
      const said = document.createElement("span");
      said.className = "series-" + i;
      said.textContent = `${i ? "; " : ""}${chart.series[key]} ${show(values.at(-1) ?? 0)}, at most ${show(Math.max(0, ...values))}`;
      return said;
    }));
  }
}
