'use strict';
// Asks the operator each second and draws what it answers. Every text comes in by textContent: nothing that a cluster is called is markup.

const PERIOD = 1000; // between two looks, ms
const PATIENCE = 4000; // for an answer, ms
const MOVES_LISTED = 24;

const $ = id => document.getElementById(id);
const SVG = 'http://www.w3.org/2000/svg';

let chosen = named(); // namespace/name
let ring = null; // of the cluster shown: {key, epoch, table}
let drawn = ''; // what the picture shows, so that it is drawn only when it changes
let found = null; // {partition} of the key that was looked for
let lastGood = null; // when the operator last answered

/** What the address says. */
function named() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch (e) {
    return '';
  }
}

// --- asking

async function ask(path) {
  let answer;
  try {
    answer = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) });
  } catch (e) {
    throw { away: true, detail: 'no answer' };
  }
  let body;
  try {
    body = await answer.json();
  } catch (e) {
    throw { away: true, detail: 'answer ' + answer.status + ' without JSON' };
  }
  if (!answer.ok) throw body;
  return body;
}

const path = key => 'clusters/' + key.split('/').map(encodeURIComponent).join('/');

async function look() {
  const list = (await ask('clusters')).clusters.map(each => each.namespace + '/' + each.cluster);
  choices(list);
  if (list.length === 0) {
    return null;
  }
  if (!list.includes(chosen)) {
    chosen = list[0];
    $('clusters').value = chosen;
  }
  const key = chosen;
  const cluster = await ask(path(key));
  if (cluster.ringEpoch === 0) {
    ring = null;
  } else if (ring === null || ring.key !== key || ring.epoch !== cluster.ringEpoch) {
    const table = await ask(path(key) + '/ring');
    ring = { key, epoch: table.epoch, table };
  }
  return cluster;
}

async function round() {
  try {
    const cluster = await look();
    lastGood = new Date();
    if (cluster === null) {
      $('main').hidden = true;
      life('live', 'live');
      notice('This operator looks after no KvCluster yet.', true);
    } else {
      show(cluster);
    }
  } catch (problem) {
    trouble(problem);
  }
  setTimeout(round, PERIOD);
}

// --- how things are

function life(kind, text) {
  document.body.className = kind;
  $('lifeText').textContent = text;
}

function notice(text, mild) {
  $('notice').hidden = text === '';
  $('notice').className = mild ? 'warn' : '';
  if ($('notice').textContent !== text) $('notice').textContent = text;
}

function trouble(problem) {
  if (problem.reason === 'STANDBY') {
    $('main').hidden = true;
    life('old', 'standby');
    notice('This replica of the operator waits. ' + (problem.leader
      ? 'Pod ' + problem.leader + ' leads: kubectl port-forward pod/' + problem.leader + ' 8080'
      : 'Nobody is known to lead.'), true);
    return;
  }
  if (problem.reason === 'CLUSTER_NOT_FOUND') {
    ring = null; // it was deleted between two questions
    return;
  }
  life('away', problem.away ? 'operator away' : 'no answer');
  notice((problem.away ? 'The operator does not answer' : problem.detail || String(problem))
    + (lastGood ? '; what is shown is of ' + lastGood.toLocaleTimeString() + '.' : '.')
    + (problem.away ? ' Storage nodes serve on without it.' : ''), false);
}

function choices(list) {
  const select = $('clusters');
  const had = [...select.options].map(option => option.value);
  $('which').hidden = list.length < 2;
  if (had.join() === list.join()) return;
  select.replaceChildren(...list.map(key => {
    const option = make('option', '', key);
    option.value = key;
    return option;
  }));
  select.value = list.includes(chosen) ? chosen : list[0] || '';
}

// --- showing

function make(tag, className, ...inside) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

function ago(since, now) {
  if (!since) return '–';
  const seconds = Math.max(0, (now - Date.parse(since)) / 1000);
  if (seconds < 60) return Math.round(seconds) + ' s';
  if (seconds < 3600) return Math.round(seconds / 60) + ' min';
  return seconds < 172800 ? Math.round(seconds / 3600) + ' h' : Math.round(seconds / 86400) + ' d';
}

function size(bytes) {
  if (bytes === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let n = bytes;
  while (n >= 1024 && unit < units.length - 1) { n /= 1024; unit++; }
  return (n < 10 && unit > 0 ? n.toFixed(1) : Math.round(n)) + ' ' + units[unit];
}

function show(cluster) {
  const now = Date.now();
  $('main').hidden = false;
  document.title = cluster.cluster + ': ' + cluster.phase + ' – kvcluster';
  if (cluster.stale) {
    life('old', 'stale');
    notice('What is shown may be over: ' + cluster.staleBecause + '. The operator last looked '
      + new Date(cluster.observedAt).toLocaleTimeString() + '.', true);
  } else {
    life('live', 'live, ' + new Date(now).toLocaleTimeString());
    notice('', true);
  }
  facts(cluster);
  blockers(cluster.blockedBy, now);
  const colours = colouring(cluster.nodes);
  members(cluster, colours, now);
  operation(cluster.operation, now);
  moves(cluster);
  conditions(cluster.conditions, now);
  draw(cluster, colours);
}

function facts(cluster) {
  const members = cluster.nodes.filter(node => node.state !== 'PENDING');
  const up = members.filter(node => node.status === 'UP').length;
  const fact = (name, value, kind) => make('div', '', make('b', kind || '', String(value)), make('span', '', name));
  $('facts').replaceChildren(
    fact(cluster.namespace + '/' + cluster.cluster, cluster.phase, cluster.phase === 'Ready' ? 'good' : 'warn'),
    fact('members up', up + ' of ' + members.length, up === members.length ? 'good' : 'bad'),
    fact('epoch of the ring', cluster.ringEpoch),
    fact('partitions', cluster.partitions),
    fact('copies', cluster.replicationFactor ?? '–'),
    fact('read/write quorum', cluster.quorums ?? '–'),
    fact('under-replicated', cluster.underReplicatedPartitions, cluster.underReplicatedPartitions ? 'bad' : 'good'),
    fact('moving', cluster.movesInAll));
}

function blockers(list, now) {
  $('blocked').hidden = list.length === 0;
  $('blockers').replaceChildren(...list.map(each => make('li', '',
    make('b', '', each.check), each.object + ': ' + each.message,
    make('div', 'quiet', (each.since ? 'for ' + ago(each.since, now) + '; ' : '') + 'ends with: ' + each.remedy))));
}

/** One hue for each zone, shades of it for its members; without zones a hue for each member. */
function colouring(nodes) {
  const zones = [...new Set(nodes.map(node => node.zone))].sort();
  const byMember = zones.length < 2;
  const groups = byMember ? nodes.map(node => node.name) : zones;
  const colours = new Map();
  for (const node of nodes) {
    const group = groups.indexOf(byMember ? node.name : node.zone);
    const peers = byMember ? [node] : nodes.filter(other => other.zone === node.zone);
    const shade = peers.length < 2 ? 0.5 : peers.indexOf(node) / (peers.length - 1);
    const hue = Math.round(210 + 360 * group / groups.length) % 360;
    colours.set(node.name, `hsl(${hue} 55% ${Math.round(40 + 28 * shade)}%)`);
  }
  return colours;
}

function members(cluster, colours, now) {
  const cell = (name, className, ...inside) => {
    const td = make('td', className, ...inside);
    if (name) td.dataset.name = name;
    return td;
  };
  const kinds = { UP: 'good', DOWN: 'bad', UNKNOWN: 'warn' };
  $('members').tBodies[0].replaceChildren(...cluster.nodes.map(node => {
    const swatch = make('span', 'swatch');
    swatch.style.background = colours.get(node.name);
    const behind = node.ringEpoch < cluster.ringEpoch;
    const row = make('tr', '',
      cell('', '', swatch, node.name, make('small', '', [node.zone, node.address].filter(Boolean).join(' · '))),
      cell('', kinds[node.status], node.status, make('small', '', node.since ? 'for ' + ago(node.since, now) : '')),
      cell('State', node.state === 'NORMAL' ? '' : 'warn', node.state,
        make('small', '', node.phase && node.phase !== 'SERVING' ? node.phase + (node.phaseMessage ? ': ' + node.phaseMessage : '') : '')),
      cell('Partitions', 'n', String(node.partitions), make('small', '', 'first of ' + node.primaryPartitions)),
      cell('Epoch', 'n' + (behind ? ' warn' : ''), String(node.ringEpoch)),
      cell('Heard', 'n', ago(node.lastHeartbeat, now)),
      cell('Keys', 'n', node.keys === undefined ? '–' : node.keys.toLocaleString()),
      cell('Disk free', 'n', size(node.diskFreeBytes)));
    row.dataset.member = node.name;
    row.dataset.status = node.status;
    return row;
  }));
}

/** Who leaves and who joins; a move that changes no member changes quorums. */
function whither(move) {
  const leave = move.from.filter(name => !move.to.includes(name));
  const join = move.to.filter(name => !move.from.includes(name));
  if (leave.length + join.length === 0) return move.from.join(', ') + ' with other quorums';
  return (leave.join(', ') || 'one more') + ' → ' + (join.join(', ') || 'one less');
}

function operation(under, now) {
  const box = $('operation');
  box.hidden = !under;
  if (!under) return;
  box.querySelector('b').textContent = under.type;
  box.querySelector('span').textContent = 'to ' + under.goal;
  const bar = box.querySelector('progress');
  bar.max = Math.max(1, under.copiesTotal);
  bar.value = under.copiesDone;
  box.querySelector('p').textContent = under.copiesDone + ' of ' + under.copiesTotal + ' copies, about ' + size(under.bytesLeft) + ' left'
    + (under.since ? '; for ' + ago(under.since, now) : '') + (under.blockedBy ? '; waits: ' + under.blockedBy : '');
}

function moves(cluster) {
  const all = cluster.movesInAll;
  const phases = {};
  cluster.moves.forEach(move => { phases[move.phase] = (phases[move.phase] || 0) + 1; });
  const counted = Object.entries(phases).map(([phase, n]) => n + ' ' + phase).join(', ');
  $('movesText').textContent = all === 0 ? 'No partition moves.'
    : all + (all === 1 ? ' partition moves' : ' partitions move')
      + (all > cluster.moves.length ? '; of the first ' + cluster.moves.length : '') + ': ' + counted + '.';
  const listed = cluster.moves.slice(0, MOVES_LISTED).map(move => make('li', '',
    make('b', '', move.partition), move.phase, make('div', 'quiet', whither(move))));
  if (all > listed.length) listed.push(make('li', 'quiet', 'and ' + (all - listed.length) + ' more'));
  $('moves').replaceChildren(...listed);
}

function conditions(list, now) {
  const fine = { Available: 'True', Progressing: 'False', Degraded: 'False', Warning: 'False' };
  $('conditions').replaceChildren(...list.map(each => make('li', '',
    make('b', fine[each.type] === each.status ? 'good' : each.type === 'Available' ? 'bad' : 'warn', each.type + ' ' + each.status),
    each.reason, make('div', 'quiet', each.message + (each.since ? ' · for ' + ago(each.since, now) : '')))));
}

// --- the ring: one sector for each partition, one band for each replica, the primary outside

const R_OUT = 186;
const R_IN = 92;

function sector(from, to, inner, outer, className, fill) {
  const point = (radius, angle) => (radius * Math.sin(angle)).toFixed(2) + ' ' + (-radius * Math.cos(angle)).toFixed(2);
  const large = to - from > Math.PI ? 1 : 0;
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', `M ${point(outer, from)} A ${outer} ${outer} 0 ${large} 1 ${point(outer, to)}`
    + ` L ${point(inner, to)} A ${inner} ${inner} 0 ${large} 0 ${point(inner, from)} Z`);
  if (className) path.setAttribute('class', className);
  if (fill) path.setAttribute('fill', fill);
  return path;
}

function label(text, y, className) {
  const element = document.createElementNS(SVG, 'text');
  element.setAttribute('y', y);
  if (className) element.setAttribute('class', className);
  element.textContent = text;
  return element;
}

function titled(element, text) {
  const title = document.createElementNS(SVG, 'title');
  title.textContent = text;
  element.append(title);
  return element;
}

function draw(cluster, colours) {
  const status = new Map(cluster.nodes.map(node => [node.name, node.status]));
  const state = JSON.stringify([ring && ring.key, ring && ring.epoch, found, [...status], [...colours]]);
  if (state === drawn) return;
  drawn = state;
  if (ring === null) {
    $('ring').replaceChildren(label('no ring yet', 5, 'small'));
    $('ringText').textContent = 'The first ring is made when every pod has told its store.';
    return;
  }
  const names = new Map(ring.table.members.map(member => [member.index, member.name]));
  const partitions = ring.table.partitions;
  const turn = 2 * Math.PI / partitions.length;
  const parts = [];
  partitions.forEach((partition, p) => {
    const group = document.createElementNS(SVG, 'g');
    const holders = partition.replicas.map(index => names.get(index));
    const band = (R_OUT - R_IN) / holders.length;
    holders.forEach((name, i) => group.append(sector(p * turn, (p + 1) * turn, R_OUT - (i + 1) * band, R_OUT - i * band,
      status.get(name) === 'UP' ? '' : 'down', colours.get(name))));
    let text = 'partition ' + p + ': ' + holders.join(', ');
    if (partition.move) {
      group.append(sector(p * turn, (p + 1) * turn, R_OUT + 3, R_OUT + 11, 'move'));
      text += '; ' + partition.move.phase + ' to ' + partition.move.replicas.map(index => names.get(index)).join(', ');
    }
    parts.push(titled(group, text));
  });
  if (found && found.key === ring.key && found.partition < partitions.length) {
    parts.push(sector(found.partition * turn, (found.partition + 1) * turn, R_IN, R_OUT + 12, 'found'));
  }
  parts.push(label(String(ring.epoch), 4), label('epoch', 26, 'small'), label(partitions.length + ' partitions', -34, 'small'));
  $('ring').replaceChildren(...parts);
  const down = [...status].filter(([, each]) => each !== 'UP').map(([name]) => name);
  $('ringText').textContent = 'One sector for each partition, one band for each replica, the primary outside.'
    + (down.length ? ' Grey with a red edge: ' + down.join(', ') + '.' : '')
    + (cluster.movesInAll ? ' Outer marks: partitions that move.' : '');
}

// --- what people do

$('clusters').addEventListener('change', event => {
  location.hash = encodeURIComponent(event.target.value);
});

addEventListener('hashchange', () => {
  chosen = named();
  $('clusters').value = chosen;
  found = null;
  $('found').textContent = '';
});

$('find').addEventListener('submit', async event => {
  event.preventDefault();
  const key = chosen;
  try {
    const mapping = await ask(path(key) + '/mapping?key=' + encodeURIComponent($('key').value));
    found = { key, partition: mapping.partition };
    const names = list => list.map(node => node.name + (node.status === 'UP' ? '' : ' (' + node.status + ')')).join(', ');
    $('found').textContent = 'Partition ' + mapping.partition + ': ' + names(mapping.replicas)
      + (mapping.move ? '; ' + mapping.move.phase + ' to ' + names(mapping.move.replicas) : '');
  } catch (problem) {
    found = null;
    $('found').textContent = problem.detail || String(problem);
  }
});

round();
