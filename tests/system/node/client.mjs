// Lists the models and streams one chat through the real `openai` client; prints what it saw as JSON.
// Usage: node client.mjs BASE_URL MODEL
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "sk-test", maxRetries: 0 });

const models = [];
for await (const entry of client.models.list()) models.push(entry.id);

const stream = await client.chat.completions.create({
  model,
  messages: [{ role: "user", content: "Say hello." }],
  stream: true,
  stream_options: { include_usage: true },
});
const seen = { models, pieces: [], finish: [], usage: null };
for await (const chunk of stream) {
  const choice = chunk.choices[0];
  if (choice?.delta?.content) seen.pieces.push(choice.delta.content);
  if (choice?.finish_reason) seen.finish.push(choice.finish_reason);
  if (chunk.usage) seen.usage = chunk.usage;
}
console.log(JSON.stringify(seen));
