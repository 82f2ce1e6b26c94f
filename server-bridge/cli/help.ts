export const VERSION = '0.1.0';

const NOTEBOOK_OPTIONS = `  --each-cell          each code cell is a step of its own: c1, c2, …
                       (skip, setup and parameters keep their meaning)`;

export const HELP = `Cellway: tagged notebook cells become pipelines that give what the notebook gives.

  cellway check  NOTEBOOK    problems, each with cell, line and what to do
  cellway graph  NOTEBOOK    the pipeline as a tree, or as JSON
  cellway run    NOTEBOOK    runs the pipeline on this machine, steps in parallel
  cellway verify NOTEBOOK    runs it as a notebook and as a pipeline, compares both
  cellway doctor             what is missing on this machine, and how to get it

  cellway runs               the runs, with filters; then of a run (its id, the
                             beginning of it, or 'last'):
  cellway show    RUN        its steps, errors, metrics
  cellway logs    RUN [STEP] what its steps printed; -f follows
  cellway metrics RUN [NAME] its metrics, or all values of one
  cellway artifact RUN       its artifacts; cellway artifact ID -o FILE gets one
  cellway cancel  RUN        stops it
  cellway retry   RUN        runs its source again
  cellway resume  RUN        runs what had not succeeded
  cellway wait    RUN        until it has ended; exits as it did
  cellway prune              removes old runs, or all that is kept
  cellway config             the settings that hold, and where each came from
  cellway cache              cached results: list, size, forget, pin, collect
  cellway serve              the service behind these commands, by hand

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
  --explain            only tell what would run and why, what would come from the
                       cache, and how long each took last time; nothing starts
  --parallel N         at most so many steps at once (default: the cores)
  --memory SIZE        what a step may take whose own settings do not say, as 4 GB
  --name NAME          of the run; else the notebook's
  --experiment NAME    a group of runs to compare
  --detach             print the run's id and leave it running (cellway wait)
  --json               events as JSON, one a line; with --explain the plan
${NOTEBOOK_OPTIONS}
  --data FOLDER        where runs and cache are kept (default: cellway config data)

Ctrl-C cancels the run and says so; a second Ctrl-C kills it.

Examples:
  cellway run analysis.ipynb
  cellway run analysis.ipynb -p rows=1000 -p columns='["a", "b"]'
  cellway run analysis.ipynb --only train --no-cache
  cellway run analysis.ipynb -p rows=1000 --explain

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
  --parallel N         at most so many steps at once (default: the cores)
  --memory SIZE        what a step may take whose own settings do not say, as 4 GB
  --data FOLDER        where runs and cache are kept (default: cellway config data)

A notebook that fails is compared up to the cell that fails: where its pipeline
fails there with the same error, both are the same, which is said.

Exit: 0 identical or equal to rounding, 1 different, 2 bad input, 3 the run was
refused or stopped with a reason.
`,
  runs: `cellway runs [filters]

Lists runs, newest first.

  --state STATE        created, started, succeeded, failed, refused or cancelled;
                       can be repeated
  --notebook PATH      of this notebook
  --experiment NAME    of this experiment
  --name TEXT          with this in their name
  --since TIME         30m, 12h, 3d, 2w ago, or a date
  --metric COND        like auc>0.8; can be repeated, all must hold
  --parameter COND     like alpha>=0.1 or model=ridge
  --sort ORDER         created, name, took, metric:NAME, parameter:NAME; with a
                       '-' before it descending, as in --sort=-metric:auc
  --limit N, --all     how many (default: 20)
  --json               as the API has them
  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 listed, 2 bad input.
`,
  show: `cellway show RUN [--json]

Shows a run: its steps with times and reasons, errors with cell and line, metrics.
RUN is an id, the beginning or the last part of one, or 'last'.

  --json               as the API has it
  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 shown, 2 there is no such run.
`,
  logs: `cellway logs RUN [STEP] [-f]

Prints what the steps of a run printed, step by step, or that of one step.

  -f, --follow         go on until the run (or the step's attempt) has ended
  --tail N             only the last lines
  --attempt N          of this attempt; else the last one
  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 printed, 2 there is no such run or step.
`,
  metrics: `cellway metrics RUN [NAME] [--json]

Prints the last values of a run's metrics, or all values of one of them.

  --json               as the API has them; of one metric a line a value
  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 printed, 2 there is no such run or metric.
`,
  artifact: `cellway artifact RUN | ARTIFACT [-o FILE]

Lists a run's artifacts, tells about one of them by its id, or writes it to a
file: a file as it is, a value as a tar of its members.

  -o, --output FILE    where it is written; nothing is overwritten
  --member NAME        one member of a value
  --json               as the API has it
  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 done, 2 bad input.
`,
  cancel: `cellway cancel RUN…

Asks runs to stop, and waits until they have.

  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 they have ended, 2 there is no such run, or it has ended before.
`,
  retry: `cellway retry RUN [--detach]

Runs the same source with the same parameters again, as a new run.

  --detach             print the new run's id and leave it running
  --json               events as JSON, one a line
  --data FOLDER        the data folder (default: cellway config data)

Exit: as cellway run.
`,
  resume: `cellway resume RUN [--from STEP] [--detach]

Runs what had not succeeded, as a new run; results of the other steps are taken
from the run. Setup runs again.

  --from STEP          run this step and all later ones again
  --detach             print the new run's id and leave it running
  --json               events as JSON, one a line
  --data FOLDER        the data folder (default: cellway config data)

Exit: as cellway run.
`,
  wait: `cellway wait RUN…

Waits until runs have ended, and exits as the first of them that did not succeed.

  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 succeeded, 1 failed, 2 there is no such run, 3 refused, 130 cancelled.
`,
  prune: `cellway prune [--older AGE] [--keep N] | --all

Removes runs that have ended, with their logs and artifacts. What other runs show
of them stays until they are removed too; their results stay in the cache as long
as it has room (cellway cache).

  --older AGE          runs made before: 30d, 12h, a date
  --keep N             but not the newest N
  --all                all that is kept in the data folder, the cache too; as before
                       Cellway was used, but for your settings
  -y, --yes            do not ask
  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 removed, 2 bad input, 3 refused, 130 the answer was no.
`,
  cache: `cellway cache [list | size | forget | pin | unpin | collect]

Cached results: what stands for a step that does not have to run again.

  list                 the results, newest first (also without any word)
    --notebook PATH    made by this notebook
    --step STEP        of the step of this name
    --pinned           only pinned ones
    --limit N, --all   how many (default: 20)
  size                 how many there are, how large, and what they may take
  forget ENTRY…        no step takes these any more; runs go on to show them
    --notebook PATH, --step STEP, --all
                       all of a notebook, of a step, or all, but for pinned ones
    -y, --yes          do not ask
  pin ENTRY…           these are never collected
  unpin ENTRY…         these are collected like others
  collect              removes what no run shows, as the bridge does every hour:
                       what is too old, then the longest unused until the rest
                       fits. What was made or used in the last ten minutes
                       stays, and what is pinned or read by a run under way
    --budget SIZE      bytes that stay, as 5GB or unlimited (default: the settings)
    --age DAYS         unused for longer, as 30 or 12weeks or unlimited

  --json               as the API has it
  --data FOLDER        the data folder (default: cellway config data)

ENTRY is the first word of a line of the list.

Exit: 0 done, 2 bad input, 130 the answer was no.
`,
  serve: `cellway serve [options]

Serves the API of this user's runs until it is stopped. The other commands start
one themselves when they need it, which ends when it has had nothing to do for ten
minutes. Where it listens and the token it wants stand in bridge.json in the data
folder, which only its owner can read; what happens is in bridge.log there.

  --port N             on this port (default: any free one)
  --host ADDRESS       on this address (default: 127.0.0.1)
  --socket PATH        on a unix socket instead
  --idle TIME          end after so long without anything to do (default: never)
  --log-level LEVEL    debug, info, warn or error (default: info)
  --on-demand          as the other commands start it
  --stop               end the one that runs; its runs go on
  --ensure             see that one runs, print the path of its bridge.json, and end
  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 stopped, 3 refused: another one runs, or the data folder is not fit.
`,
  config: `cellway config [KEY] [--json]

Prints the settings that hold, each with where it came from: an option, a variable
CELLWAY_… of the environment, a line of the file, or the default, in this order.
Of one setting, its value alone. The file is ~/.config/cellway/config.toml (in
$XDG_CONFIG_HOME, or what CELLWAY_CONFIG names); docs/guide/settings.md tells all.

  --json               with descriptions and the names of the variables
  --schema             the JSON Schema of the file, for editors
  --data FOLDER        the data folder

Examples:
  cellway config
  du -sh "$(cellway config data)"
  CELLWAY_CACHE_BUDGET='5 GB' cellway config cache.budget

Exit: 0 printed, 2 a setting is wrong, or there is none of that name.
`,
  doctor: `cellway doctor [--store] [--data FOLDER]

Says what Cellway needs on this machine, what is there and how to get the rest.

  --store              make the store (what is known of all runs) anew from the
                       runs' own folders; for one that is damaged. The old file
                       is kept beside it. A bridge is ended first; runs go on
  --data FOLDER        the data folder (default: cellway config data)

Exit: 0 all that is needed is there, 1 something is missing, 3 refused.
`
};
