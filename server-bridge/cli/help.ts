export const VERSION = '0.1.0';

const NOTEBOOK_OPTIONS = `  --each-cell          each code cell is a step of its own: c1, c2, …
                       (skip, setup and parameters keep their meaning)`;

export const HELP = `Cellway: tagged notebook cells become pipelines that give what the notebook gives.

  cellway check  NOTEBOOK    problems, each with cell, line and what to do
  cellway graph  NOTEBOOK    the pipeline as a tree, or as JSON
  cellway run    NOTEBOOK    runs the pipeline on this machine, steps in parallel
  cellway verify NOTEBOOK    runs it as a notebook and as a pipeline, compares both
  cellway doctor             what is missing on this machine, and how to get it

Tag cells 'step:<name>' to say what the steps are ('setup', 'parameters', 'metrics'
and 'skip' are the other tags). Without any tag Cellway proposes the steps.

Examples:
  cellway graph analysis.ipynb
  cellway run analysis.ipynb -p rows=1000 -p model=forest
  cellway run analysis.ipynb --from train

'cellway COMMAND --help' tells more.
Exit: 0 ok, 1 failed or errors found, 2 bad input, 3 refused with the reason, 130 cancelled.
`;

export const COMMANDS: Readonly<Record<string, string>> = {
  check: `cellway check NOTEBOOK [--json] [--each-cell]

Prints what is wrong or remarkable, one line each, by place:
  file:cell:line:column severity code message (what to do)
The cell is its place among the code cells, from 1. The codes are explained in
docs/guide/diagnostics.md.

  --json               the diagnostics as JSON, as in the Pipeline value
${NOTEBOOK_OPTIONS}

Exit: 0 no errors, 1 errors found, 2 the notebook cannot be read.
`,
  graph: `cellway graph NOTEBOOK [--json] [--each-cell]

Shows the pipeline: parameters, what is done first (setup), and the steps in
order, each with its cells and what it takes from which step:
  X y (split)        values by their names
  ~ df (clean)       a value that may have been changed there
  ▤ out.csv (save)   a file
  ◇ numpy.random (a) ambient state: random generators, options
  → (a)              order alone
Lines lead from a step down to those that wait for it; steps whose lines lie
side by side can run at the same time.

  --json               the Pipeline value, the same bytes for the same notebook
${NOTEBOOK_OPTIONS}

Examples:
  cellway graph analysis.ipynb
  cellway graph analysis.ipynb --json | jq '.steps[].name'

Exit: 0 shown, 2 the notebook cannot be read or has errors that keep it from
running (shown all the same).
`,
  run: `cellway run NOTEBOOK [-p NAME=VALUE]… [options]

Runs the pipeline on this machine: steps that do not need each other run at the
same time, steps that did not change come from the cache. The notebook itself is
not changed; the executed copy's place is told at the end.

  -p, --parameter NAME=VALUE
                       a value for a parameter; its type is the default's
  --only STEP          only this step; what it needs comes from the cache or the
                       last run with the same code
  --from STEP          this step and all that come after it
  --no-cache           every step runs
  --json               events as JSON, one a line
${NOTEBOOK_OPTIONS}
  --data FOLDER        where runs and cache are kept (or CELLWAY_DATA)

Ctrl-C cancels the run and says so; a second Ctrl-C kills it.

Examples:
  cellway run analysis.ipynb
  cellway run analysis.ipynb -p rows=1000 -p columns='["a", "b"]'
  cellway run analysis.ipynb --only train --no-cache

Exit: 0 succeeded, 1 a step failed, 2 bad input, 3 refused or stopped with the
reason, 130 cancelled.
`,
  verify: `cellway verify NOTEBOOK [-p NAME=VALUE]… [--each-cell]

Runs the notebook top to bottom in one process, twice, and as a pipeline, and
compares every cell's outputs and every final variable. What differs by itself
(time, addresses, unseeded draws) is told apart. Grades: identical, equal to
rounding, different.

${NOTEBOOK_OPTIONS}
  -p, --parameter NAME=VALUE
                       a value for a parameter
  --data FOLDER        where runs and cache are kept (or CELLWAY_DATA)

A notebook that fails is compared up to the cell that fails: where its pipeline
fails there with the same error, both are the same, which is said.

Exit: 0 identical or equal to rounding, 1 different, 2 bad input, 3 the run was
refused or stopped with a reason.
`,
  doctor: `cellway doctor [--store] [--data FOLDER]

Says what Cellway needs on this machine, what is there and how to get the rest.

  --store              make the store (what is known of all runs) anew from the
                       runs' own folders; for one that is damaged. The old file
                       is kept beside it. A bridge is ended first; runs go on
  --data FOLDER        the data folder (default: CELLWAY_DATA)

Exit: 0 all that is needed is there, 1 something is missing, 3 refused.
`
};
