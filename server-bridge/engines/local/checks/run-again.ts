/** What the user does where the evidence that the run leaves makes the next analysis foresee it. */
export const RUN_AGAIN = 'Run it again: Cellway has noted what the step does, and orders the steps by it from now on.';
