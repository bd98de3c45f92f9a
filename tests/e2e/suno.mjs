// Stands in for a service of sunoapi.org's dialect, for tests: node suno.mjs PORT. See service.mjs for its plan; of it, this
// service looks at
//
//	polls       how many questions each of the statuses before the last is answered with (0: a song is ready at once)
//	status      the last status: SUCCESS, CALLBACK_EXCEPTION, …; errorMessage
//	shape       of the answers: camel (as documented), snake, third (response.data, audio_url)
//	takes       how many takes there are (2); ready: how many of them have a URL
//	file        which /file/ a URL leads to; url: the URL itself
//	words       alignedWords; null: the service has none
//	seconds     how long a song is (12)
//	callbacks   false: none; early: the first one comes before the answer; twice: each comes twice
//
// An order is told from another by its title.
import { json, mp3, serve } from './service.mjs';

const limits = { V4: [3000, 200, 80], V4_5: [5000, 1000, 100], V4_5PLUS: [5000, 1000, 100], V4_5ALL: [5000, 1000, 80], V5: [5000, 1000, 100], V5_5: [5000, 1000, 100] };
const stages = ['PENDING', 'TEXT_SUCCESS', 'FIRST_SUCCESS'];
let jobs = {}, n = 0;

function taken(body, service) {
	const id = `5c79be8e${(++n).toString().padStart(8, '0')}`;
	jobs[id] = { body, asked: 0 };
	service.pay(body?.title ?? '');
	return id;
}

function wrong(b) {
	const [prompt, style, title] = limits[b.model] ?? [];
	if (prompt === undefined)
		return [422, 'The model is invalid'];
	if (typeof b.callBackUrl !== 'string' || !/^https?:/.test(b.callBackUrl))
		return [400, 'Please enter callBackUrl'];
	if (b.customMode !== true || b.instrumental !== false || !b.style || !b.title || !b.prompt)
		return [400, 'style, title and prompt are required'];
	return [...b.prompt].length > prompt || [...b.style].length > style || [...b.title].length > title ? [413, 'Theme or prompt is too long'] : null;
}

function url(service, i) {
	const { plan } = service;
	return i < (plan.ready ?? 2) ? plan.url ?? `${service.origin}/file/${plan.file ?? 'ok'}/${i}.mp3` : '';
}

function songs(service, id, snake, count = service.plan.takes ?? 2) {
	return Array.from({ length: count }, (_, i) => ({ id: `${id}-${'ab'[i]}`, prompt: jobs[id].body.prompt, title: jobs[id].body.title, tags: jobs[id].body.style,
		duration: service.plan.seconds ?? 12, ...(snake
			? { audio_url: url(service, i), source_audio_url: url(service, i), stream_audio_url: 'https://stream.invalid/', image_url: 'https://image.invalid/', model_name: 'chirp', createTime: 1 }
			: { audioUrl: url(service, i), streamAudioUrl: 'https://stream.invalid/', imageUrl: 'https://image.invalid/', modelName: 'chirp', createTime: '2026-01-01 00:00:00' }) }));
}

function words(service, lyric) {
	const all = lyric.split('\n').flatMap((line, i, v) => line.split(' ').filter(Boolean).map((w, k, ws) =>
		`${i === 0 && k === 0 ? '[Verse]\n' : ''}${w}${k + 1 < ws.length ? ' ' : i + 1 < v.length ? '\n' : ''}`));
	const each = (service.plan.seconds ?? 12) / all.length;
	return all.map((word, i) => ({ word, success: true, startS: i * each, endS: (i + 0.9) * each, palign: 0 }));
}

function callback(service, id, callbackType, data) {
	const body = JSON.stringify({ code: 200, msg: 'All generated successfully.', data: { callbackType, task_id: id, data } });
	for (let i = 0; i < (service.plan.callbacks === 'twice' ? 2 : 1); i++)
		fetch(jobs[id].body.callBackUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } }).catch(() => {});
}

const kind = {
	reset() { jobs = {}; },
	costs: (method, path) => path === '/api/v1/generate',
	take: taken,
	call: (id) => callback(service, id, 'complete', songs(service, id, true)),
	file: () => mp3(service.plan.seconds ?? 12),
	type: 'audio/mpeg',
	unauthorized: (res) => json(res, 200, { code: 401, msg: 'You do not have access permissions', data: null }),
	route(req, res, path, body) {
		const { plan } = service, ok = (data) => json(res, 200, { code: 200, msg: 'success', data });
		switch (`${req.method} ${path}`) {
		case 'POST /api/v1/generate': {
			const error = wrong(body);
			if (error !== null)
				return json(res, 200, { code: error[0], msg: error[1], data: null });
			const id = taken(body, service);
			if (plan.callbacks === 'early')
				return fetch(body.callBackUrl, { method: 'POST', body: JSON.stringify({ code: 200, msg: 'x', data: { callbackType: 'text', task_id: id, data: [] } }) })
					.catch(() => {}).finally(() => ok({ taskId: id }));
			ok({ taskId: id });
			if (plan.callbacks !== false && !(plan.polls > 0))
				callback(service, id, 'complete', songs(service, id, true));
			return undefined;
		}
		case 'GET /api/v1/generate/record-info': {
			const id = new URL(req.url, service.origin).searchParams.get('taskId'), job = jobs[id];
			if (job === undefined)
				return json(res, 200, { code: 422, msg: 'recordInfo is null', data: null });
			const stage = stages[Math.floor(job.asked++ / (plan.polls || Infinity))], at = plan.polls > 0 ? stage : undefined;
			const status = at ?? plan.status ?? 'SUCCESS', snake = plan.shape === 'snake' || plan.shape === 'third';
			const list = at === undefined ? songs(service, id, snake) : at === 'FIRST_SUCCESS' ? songs(service, id, snake, 1) : [];
			return ok({ taskId: id, parentMusicId: '', param: JSON.stringify({ ...job.body, callBackUrl: plan.forgetful ? undefined : job.body.callBackUrl }),
				response: { taskId: id, [plan.shape === 'third' ? 'data' : 'sunoData']: list }, status, type: 'GENERATE',
				errorCode: null, errorMessage: plan.errorMessage ?? null });
		}
		case 'POST /api/v1/generate/get-timestamped-lyrics':
			if (plan.words === null)
				return json(res, 200, { code: 500, msg: 'no words', data: null });
			return ok({ alignedWords: plan.words ?? words(service, jobs[body.taskId].body.prompt), waveformData: Array(3000).fill(0.25), hootCer: 0.3, isStreamed: false });
		case 'GET /api/v1/generate/credit':
			return ok(100);
		default:
			return json(res, 404, { code: 404, msg: 'Not Found', data: null });
		}
	},
};

const service = serve(process.argv[2], kind);
