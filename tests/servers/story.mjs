// The life of jobs by the vendor's client: node story.mjs BASE FILE
import { writeFile } from "node:fs/promises";
import OpenAI from "openai";

const [base, file] = process.argv.slice(2);
const client = new OpenAI({ baseURL: base, apiKey: "sk-test", maxRetries: 0 });
process.removeAllListeners("warning"); // the vendor has marked these methods as deprecated

const wait = async (id) => {
  for (;;) {
    const job = await client.videos.retrieve(id);
    if (!["queued", "in_progress"].includes(job.status)) return job;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const job = await client.videos.create({ prompt: "Dancing Doggo", seconds: "4", size: "720x1280", model: "sora-2" });
const done = await wait(job.id);
const content = await client.videos.downloadContent(job.id);
await writeFile(file, Buffer.from(await content.arrayBuffer()));
const remix = await client.videos.remix(job.id, { prompt: "bluer" });
const failed = await wait((await client.videos.create({ prompt: "[fail] x" })).id);
const ids = [];
for await (const each of client.videos.list({ limit: 1 })) ids.push(each.id);
const stalled = await client.videos.create({ prompt: "[stall] x" });
const notReady = await client.videos.downloadContent(stalled.id).catch((error) => error.status);
const deleted = await client.videos.delete(remix.id);
const refused = await client.videos.create({ prompt: "[moderation] x" }).catch((error) => error.status);

console.log(
  JSON.stringify({
    statuses: [job.status, done.status, failed.status],
    listed: [job.id, remix.id, failed.id].every((id) => ids.includes(id)),
    remixed: remix.remixed_from_video_id === job.id,
    deleted: deleted.deleted,
    refused,
    notReady,
  }),
);
