// The emulator with jobs that take their time, which its own command line cannot do. Prints its address.
//   node aimock.mjs FOLDER FIXTURES    where FOLDER has node_modules

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, fixtures] = process.argv.slice(2);
const found = createRequire(`${folder}/x.js`).resolve('@copilotkit/aimock');
const { LLMock } = await import(pathToFileURL(found));
const slow = { pollsBeforeInProgress: 1, pollsBeforeCompleted: 2 };
const mock = new LLMock({ port: 0, openRouterVideo: slow, grokVideo: slow, bytePlusVideo: slow });
mock.loadFixtureFile(fixtures);
console.log(await mock.start());
