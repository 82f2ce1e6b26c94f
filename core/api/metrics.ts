/** Metrics and experiments, as the API shows them. */
import { Type } from 'typebox';
import { Json, orNull, Time, type ValueOf } from './schema';

/** A metric of a run: its last value. */
export const Metric = Type.Object({
  name: Type.String(),
  step: Type.String(),
  /** A number; `{"$float": …}` where JSON has none for it. */
  value: Json,
  /** How many values were recorded. */
  count: Type.Integer({ minimum: 1 }),
  /** Of the last one. */
  iteration: orNull(Type.Integer())
});
export type Metric = ValueOf<typeof Metric>;

export const MetricPage = Type.Object({ items: Type.Array(Metric), next: orNull(Type.String()) });

export const MetricPoint = Type.Object({
  step: Type.String(),
  value: Json,
  iteration: orNull(Type.Integer()),
  /** When it was recorded; null of one that came with an earlier result. */
  t: orNull(Time)
});
export type MetricPoint = ValueOf<typeof MetricPoint>;

export const MetricSeries = Type.Object({ items: Type.Array(MetricPoint), next: orNull(Type.String()) });

/** A metric that runs have. */
export const MetricName = Type.Object({
  name: Type.String(),
  runs: Type.Integer({ minimum: 1 }),
  /** Of the runs' last values that are numbers. */
  min: orNull(Type.Number()),
  max: orNull(Type.Number())
});
export type MetricName = ValueOf<typeof MetricName>;

export const MetricNames = Type.Object({ items: Type.Array(MetricName), next: orNull(Type.String()) });

export const Experiment = Type.Object({
  name: Type.String(),
  runs: Type.Integer({ minimum: 0 }),
  /** How many runs are in which state. */
  states: Type.Record(Type.String(), Type.Integer()),
  /** When its first and its last run were made. */
  first: Time,
  last: Time
});
export type Experiment = ValueOf<typeof Experiment>;

export const ExperimentPage = Type.Object({ items: Type.Array(Experiment), next: orNull(Type.String()) });
