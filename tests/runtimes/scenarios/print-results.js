/** How a scenario tells what came of it: one line of JSON per step, in the order of the steps. */

/** Runs the steps one after the other and prints `["what it does", result]` for each. */
export async function printResults(steps) {
  for (const [name, step] of Object.entries(steps)) {
    console.log(JSON.stringify([name, await step(name)]))
  }
}
