// Stands in for a server of OpenAI's chat format, for tests: node openai.mjs PORT. See service.mjs for its plan. Its base is
// http://127.0.0.1:PORT/v1. An order is told from another by customer_name, as it is in the facts.
//
// "node openai.mjs --client URL" asks URL with npm's openai and writes what that made of the answers.
import { json, serve } from './service.mjs';

export function facts(body) {
	const user = body.messages.find((m) => m.role === 'user').content;
	const [, inside] = /^<facts>\n(.*)\n<\/facts>$/s.exec(user) ?? [];
	return JSON.parse(inside);
}

function lyric(f) {
	return Array.from({ length: 10 }, (_, i) => (f.language?.startsWith('ko')
		? `${f.region}의 ${f.customer_name}, 오늘도 ${i + 1}번째 노래를 불러요`
		: `At ${f.customer_name} in ${f.region} we sing line ${i + 1}`)).join('\n');
}

let n = 0;

function nameOf(body) {
	try {
		return facts(body).customer_name;
	} catch {
		return 'no facts';
	}
}

const kind = {
	costs: (method, path) => method === 'POST' && path === '/v1/chat/completions',
	take: (body, service) => service.pay(nameOf(body)),
	file: () => Buffer.alloc(0),
	type: 'text/plain',
	unauthorized: (res) => json(res, 401, { error: { message: 'Incorrect API key provided: sk-proj-********abcd.', type: 'invalid_request_error', param: null, code: 'invalid_api_key' } }),
	route(req, res, path, body, service) {
		if (req.method === 'GET' && path === '/v1/models')
			return json(res, 200, { object: 'list', data: [{ id: 'a-model', object: 'model', created: 1, owned_by: 'us' }] });
		if (req.method !== 'POST' || path !== '/v1/chat/completions')
			return json(res, 404, { error: { message: `Unknown request URL: ${req.method} ${path}`, type: 'invalid_request_error', param: null, code: 'unknown_url' } });
		if (typeof body?.model !== 'string' || !Array.isArray(body.messages))
			return json(res, 400, { error: { message: 'you must provide a model parameter', type: 'invalid_request_error', param: 'model', code: null } });
		kind.take(body, service);
		let content;
		try {
			content = service.plan.content ?? lyric(facts(body));
		} catch {
			content = 'Hello';
		}
		return json(res, 200, { id: `chatcmpl-${++n}`, object: 'chat.completion', created: 1, model: body.model, service_tier: 'default',
			choices: [{ index: 0, message: { role: 'assistant', content, refusal: null, annotations: [] }, logprobs: null, finish_reason: 'stop' }],
			usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 } }, { 'x-request-id': `req_${n}` });
	},
};

async function client(baseURL) {
	const { default: OpenAI } = await import('openai');
	const openai = new OpenAI({ baseURL, apiKey: process.env.KEY ?? 'key', maxRetries: 0 });
	const attempt = async (call) => {
		try {
			return await call();
		} catch (e) {
			return { error: e.constructor.name, status: e.status, code: e.code };
		}
	};
	const chat = () => attempt(() => openai.chat.completions.create({ model: 'a-model', messages: [{ role: 'user', content: 'Hello' }] }));
	const models = await attempt(async () => (await openai.models.list()).data.map((m) => m.id));
	console.log(JSON.stringify({ models, chat: await chat(), again: await chat() }));
}

if (process.argv[2] === '--client')
	await client(process.argv[3]);
else
	serve(process.argv[2], kind);
