/** Loaded before the application (-r): keeps every engine process it forks, so that a test can end one. */
const { utilityProcess } = require('electron');

const fork = utilityProcess.fork;
globalThis.postroomEngines = [];
utilityProcess.fork = (...words) => {
  const child = fork.apply(utilityProcess, words);
  globalThis.postroomEngines.push(child);
  return child;
};
