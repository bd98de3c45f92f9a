// Stands in for Creatomate, for tests: node creatomate.mjs PORT [FILM]. See service.mjs for its plan; of it, this service looks at
//
//	polls       how many questions each of the statuses before the last is answered with (0: a film is ready at once)
//	status      the last status: succeeded, failed, cancelled; error_message
//	file        which /file/ the URL leads to; url: the URL itself
//	fetch       true: pictures and song are fetched as the service does it, and a render fails without them
//	webhooks    false: none; twice: each comes twice
//
// v1 (an array, "source" instead of elements) and v2. An order is told from another by its metadata, or its number. FILM is sent
// instead of a few boxes.
//
// "node creatomate.mjs --client URL" renders at URL with npm's creatomate and writes what that made of the answers;
// "node creatomate.mjs --unknown" writes what of the request on standard input npm's creatomate does not know.
import { readFileSync } from 'node:fs';
import { json, mp4, serve } from './service.mjs';

const stages = ['planned', 'waiting', 'transcribing', 'rendering'];
let renders = {}, n = 0;

function taken(body, service) {
	const id = `a862533b-2707-4b3d-8b1d-${(++n).toString().padStart(12, '0')}`;
	renders[id] = { body, asked: 0 };
	// The song belongs to one pipeline: /media/pipeline/0/12/song-…
	service.pay(/\/pipeline\/\d+\/(\d+)\/song/.exec(JSON.stringify(body))?.[1] ?? body?.metadata ?? id);
	return id;
}

function wrong(b) {
	if (b.template_id !== undefined)
		return b.template_id === 'no-such-template' ? [400, 'The template could not be found'] : typeof b.modifications === 'object' ? null : [400, 'modifications must be an object'];
	const script = b.source ?? b;
	if (!Array.isArray(script.elements))
		return [400, "Either 'template_id' or 'elements' must be provided"];
	const bad = script.elements.find((e) => !['image', 'audio', 'text', 'video', 'composition', 'shape'].includes(e.type) || (e.duration !== undefined && !(e.duration >= 0)));
	return bad === undefined ? null : [400, `An element is not valid: ${JSON.stringify(bad)}`];
}

function sources(body) {
	return JSON.stringify(body).match(/https?:[^"]*\/media\/[^"]*/g) ?? [];
}

function show(service, id) {
	const { plan } = service, { body, asked, broken } = renders[id];
	const at = plan.polls > 0 ? stages[Math.floor(asked / plan.polls)] : undefined;
	const status = broken ? 'failed' : at ?? plan.status ?? 'succeeded', script = body.source ?? body;
	return { id, status, error_message: broken ?? (status === 'failed' ? plan.error_message ?? 'The video could not be decoded' : undefined),
		url: plan.url ?? `${service.origin}/file/${plan.file ?? 'ok'}/${id}.mp4`, snapshot_url: `${service.origin}/file/ok/${id}.jpg`, template_id: body.template_id,
		output_format: 'mp4', width: script.width, height: script.height, frame_rate: script.frame_rate, duration: script.duration, file_size: 5000,
		modifications: body.modifications, webhook_url: body.webhook_url, metadata: body.metadata };
}

async function begin(service, id) {
	const { body } = renders[id];
	for (const url of service.plan.fetch ? sources(body) : []) {
		const answer = await fetch(url).catch(() => ({ ok: false }));
		if (!answer.ok)
			renders[id].broken = `The file could not be fetched: ${url}`;
	}
	for (let i = 0; body.webhook_url && service.plan.webhooks !== false && !(service.plan.polls > 0) && i < (service.plan.webhooks === 'twice' ? 2 : 1); i++)
		fetch(body.webhook_url, { method: 'POST', body: JSON.stringify(show(service, id)), headers: { 'content-type': 'application/json' } }).catch(() => {});
}

const kind = {
	reset() { renders = {}; },
	costs: (method, path) => method === 'POST' && /^\/v[12]\/renders$/.test(path),
	take: taken,
	call: (id) => begin(service, id),
	file: () => (process.argv[3] ? readFileSync(process.argv[3]) : mp4(12)),
	type: 'video/mp4',
	unauthorized: (res) => json(res, 401, { hint: 'The API key is missing or not valid' }),
	async route(req, res, path, body) {
		const [, version, what, id] = path.split('/');
		if (req.method === 'POST' && what === 'renders') {
			const error = wrong(body);
			if (error !== null)
				return json(res, error[0], { hint: error[1] });
			const render = taken(body, service);
			await begin(service, render);
			const first = { ...show(service, render), status: 'planned', ...(version === 'v2' ? { warnings: [] } : {}) };
			return json(res, 202, version === 'v2' ? first : [first]);
		}
		if (req.method === 'GET' && what === 'renders') {
			if (renders[id] === undefined)
				return json(res, 404, { hint: 'The render could not be found' });
			const answer = show(service, id);
			renders[id].asked++;
			return json(res, 200, answer);
		}
		if (req.method === 'GET' && what === 'templates')
			return json(res, 200, [{ id: 'a-template', name: 'Vertical', tags: [] }]);
		return json(res, 404, { hint: 'Not Found' });
	},
};

async function client(baseURL) {
	const { Client, Source, Image } = await import('creatomate');
	const c = new Client(process.env.KEY ?? 'key');
	c.httpClient.defaults.baseURL = `${baseURL}/v1`;
	try {
		const v = await c.render({ source: new Source({ outputFormat: 'mp4', width: 1080, height: 1920, duration: 3, elements: [new Image({ source: 'https://example.org/a.jpg' })] }), metadata: 'client' });
		console.log(JSON.stringify({ renders: v.map((r) => ({ status: r.status, url: r.url, width: r.width, metadata: r.metadata })) }));
	} catch (e) {
		console.log(JSON.stringify({ error: e.constructor.name, message: e.message }));
	}
}

// What of a request (on standard input) the types of npm's creatomate do not have.
function unknown() {
	const dist = 'node_modules/creatomate/dist', snake = (name) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
	const names = (...files) => new Set(['type', ...files.flatMap((f) => [...readFileSync(`${dist}/${f}.d.ts`, 'utf8').matchAll(/^ {4}(\w+)\??:/gm)].map(([, name]) => snake(name)))]);
	const request = JSON.parse(readFileSync(0)), bad = [];
	const check = (what, object, known) => Object.keys(object).forEach((name) => known.has(name) || bad.push(`${what}.${name}`));
	const { elements, webhook_url: _, metadata: __, ...source } = request;
	check('source', source, names('Source'));
	for (const { animations = [], ...e } of elements) {
		const kind = e.type[0].toUpperCase() + e.type.slice(1);
		check(e.type, e, names('elements/ElementBase', `elements/${kind}`));
		for (const a of animations)
			check(a.type, a, names('animations/AnimationBase', `animations/${a.type}/${a.type[0].toUpperCase() + a.type.slice(1)}`));
	}
	console.log(bad.join(' '));
}

let service;
if (process.argv[2] === '--client')
	await client(process.argv[3]);
else if (process.argv[2] === '--unknown')
	unknown();
else
	service = serve(process.argv[2], kind);
