// Open loop: declarations come at a rate that does not wait for answers, and with them events, results and withdrawals.
//   k6 run -e RATE=2000 -e DURATION=60s benches/load/decide.js
// It fails where an answer does, or where more than one request of a thousand could not be sent in time.

import { check } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

const base = __ENV.BASE || 'http://127.0.0.1:8080';
const rate = Number(__ENV.RATE || 1000);
const duration = __ENV.DURATION || '30s';
const arriving = (own) => ({ executor: 'constant-arrival-rate', timeUnit: '1s', duration, ...own });

export const options = {
    discardResponseBodies: true,
    scenarios: {
        declarations: arriving({ exec: 'declare', rate, preAllocatedVUs: 1024, maxVUs: 1024 }),
        // Each life is six requests.
        lives: arriving({ exec: 'live', rate: Math.max(1, Math.floor(rate / 100)), preAllocatedVUs: 16, maxVUs: 256 }),
        events: arriving({ exec: 'alert', rate: 1, preAllocatedVUs: 4, maxVUs: 16 }),
    },
    thresholds: { checks: ['rate==1'], http_req_failed: ['rate==0'], dropped_iterations: [`rate<${rate / 1000}`] },
    summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
};

const lines = open('../../fixtures/ciq/declarations.ndjson').split('\n');
// Mostly released: it stays known, but nobody has to act upon it.
const plain = lines[1];
// Of the time when every lot of its goods was inspected.
const inspected = lines[2];

export function setup() {
    return { series: Date.now() % 1000000000 };
}

function of(line, id) {
    return line.replace(/"declaration_id":"[^"]*"/, `"declaration_id":"${id}"`);
}

function post(path, body, label) {
    // By what is asked: each path has an id of its own.
    const answer = http.post(base + path, body, { headers: { 'content-type': 'application/json' }, tags: { name: label } });
    check(answer, { [label]: (answer) => answer.status === 200 });
}

// Declares what nobody has declared before.
export function declare({ series }) {
    post('/v1/decisions', of(plain, `L-${series}-${exec.scenario.iterationInTest}`), 'decided');
}

// A declaration that is selected, asked for, amended, inspected, declared again and withdrawn.
export function live({ series }) {
    const number = exec.scenario.iterationInTest;
    const id = `S-${series}-${number}`;
    const first = of(inspected, id);
    post('/v1/decisions', first, 'selected');
    check(http.get(`${base}/v1/decisions/${id}`, { tags: { name: 'looked up' } }), { 'looked up': (answer) => answer.status === 200 });
    post('/v1/decisions', first.replace('"version":1', '"version":2').replace(/"net_mass_kg":"[^"]*"/, '"net_mass_kg":"77"'), 'amended');
    const at = new Date().toISOString();
    const result = { event_id: `R-${id}`, type: 'inspection_result', at, declaration_id: id, version: 2, item_no: 1,
        tests: [{ test: 'safety', value: '1.5', unit: 'mA', passed: number % 10 !== 0 }], officer_id: 'O-7' };
    post('/v1/events', JSON.stringify(result), 'result taken');
    post('/v1/decisions', first, 'answered again');
    post(`/v1/declarations/${id}/cancel`, null, 'withdrawn');
}

// An alert on goods that nobody declares here comes, or goes.
export function alert({ series }) {
    const number = exec.scenario.iterationInTest;
    const [type, rest] = number % 2 === 0
        ? ['alert_raised', { kind: 'counterfeit', level: 2, hs_scope: '0101', source: 'a load test', from: '2012-01-01' }]
        : ['alert_lifted', {}];
    // The same one each time: of one scope there may be no more than a few.
    const alert_id = `A-${series}`;
    const at = new Date().toISOString();
    post('/v1/events', JSON.stringify({ event_id: `E-${series}-${number}`, type, at, alert_id, ...rest }), 'event taken');
}
