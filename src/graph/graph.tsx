import { useEffect, useMemo, useRef } from 'react';
import {
  Background,
  BaseEdge,
  Controls,
  type Edge as FlowEdge,
  EdgeLabelRenderer,
  type EdgeProps,
  Handle,
  MiniMap,
  type Node as FlowNode,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Edge, Pipeline } from '@cellway/core/api';
import type { Shown } from '../runs/status';
import { edgeKey, layout, SIZES } from './layout';

export interface GraphProps {
  readonly pipeline: Pipeline;
  readonly hues: ReadonlyMap<string, number>;
  readonly states: ReadonlyMap<string, Shown | null>;
  /** The step of the active cell. */
  readonly current: string | null;
  readonly trans: TranslationBundle;
  readonly onStep: (name: string) => void;
  readonly onEdge: (edge: Edge) => void;
}

type StepNode = FlowNode<{
  readonly name: string;
  readonly about: string;
  readonly hue: number;
  readonly state: Shown | null;
  readonly current: boolean;
}>;
type NamesEdge = FlowEdge<{
  readonly label: string;
  readonly whole: string;
  readonly bends: readonly { readonly x: number; readonly y: number }[];
}>;

const FIT = { maxZoom: 1, padding: 0.06 };

/** Beyond so many steps an overview map helps. */
const MANY = 20;

export function Graph(props: GraphProps): JSX.Element {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ pipeline, hues, states, current, trans, onStep, onEdge }: GraphProps): JSX.Element {
  const { steps, edges } = pipeline;
  const shape = JSON.stringify([steps.map(step => step.name), edges.map(({ from, to }) => ({ from, to }))]);
  // The picture is made anew only when steps or edges are others.
  const placed = useMemo(() => layout(...(JSON.parse(shape) as Parameters<typeof layout>)), [shape]);
  const byName = new Map(placed.nodes.map(node => [node.name, node]));
  const nodes: StepNode[] = steps.map(step => {
    const { x, y } = byName.get(step.name) ?? { x: 0, y: 0 };
    return {
      id: step.name,
      type: 'step',
      position: { x, y },
      width: SIZES.width,
      height: SIZES.height,
      handles: [
        { type: 'target', position: Position.Top, x: SIZES.width / 2, y: 0, width: 1, height: 1 },
        { type: 'source', position: Position.Bottom, x: SIZES.width / 2, y: SIZES.height, width: 1, height: 1 }
      ],
      ariaLabel: trans.__(
        'Step %1, %2',
        step.name,
        cellsOf(
          step.cells.map(cell => cell.index),
          trans
        )
      ),
      data: {
        name: step.name,
        about:
          states.get(step.name)?.text ||
          cellsOf(
            step.cells.map(cell => cell.index),
            trans
          ),
        hue: hues.get(step.name) ?? 0,
        state: states.get(step.name) ?? null,
        current: step.name === current
      }
    };
  });
  const lines: NamesEdge[] = edges.map(edge => ({
    id: edgeKey(edge.from, edge.to),
    source: edge.from,
    target: edge.to,
    type: 'names',
    ariaLabel: trans.__('%1 to %2: %3', edge.from, edge.to, namesOf(edge).join(', ')),
    data: {
      label: short(namesOf(edge)),
      whole: edge.names.map(one => `${one.name}${one.possible ? ` (${trans.__('possibly')})` : ''}`).join('\n'),
      bends: placed.bends.get(edgeKey(edge.from, edge.to)) ?? []
    }
  }));
  const frame = useRef<HTMLDivElement>(null);
  const { fitView } = useReactFlow();
  const moved = useRef(false);
  useEffect(() => {
    // Whoever has zoomed or moved keeps the view; else all of it is seen, however wide the sidebar is.
    const fit = () => {
      if (!moved.current && placed.nodes.length > 0) void fitView(FIT);
    };
    const observer = new ResizeObserver(fit);
    if (frame.current !== null) observer.observe(frame.current);
    const soon = requestAnimationFrame(fit);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(soon);
    };
  }, [placed, fitView]);
  const byKey = new Map(edges.map(edge => [edgeKey(edge.from, edge.to), edge]));
  return (
    <ReactFlow
      ref={frame}
      nodes={nodes}
      edges={lines}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      nodesDraggable={false}
      nodesConnectable={false}
      deleteKeyCode={null}
      onlyRenderVisibleElements
      fitView
      fitViewOptions={FIT}
      onMoveStart={event => {
        if (event !== null) moved.current = true;
      }}
      minZoom={0.05}
      maxZoom={2}
      onNodeClick={(_, node) => onStep(node.id)}
      onEdgeClick={(_, line) => {
        const edge = byKey.get(line.id);
        if (edge !== undefined) onEdge(edge);
      }}
      proOptions={{ hideAttribution: true }}
    >
      <Background gap={10_000} />
      <Controls showInteractive={false} />
      {steps.length > MANY && <MiniMap pannable zoomable />}
    </ReactFlow>
  );
}

function StepBox({ data }: NodeProps<StepNode>): JSX.Element {
  const { name, about, hue, state, current } = data;
  return (
    <div
      className="jp-Cellway-node"
      data-current={current}
      data-tone={state?.tone ?? ''}
      style={{ '--jp-cellway-hue': `var(--jp-cellway-hue-${hue})` } as React.CSSProperties}
      title={name}
    >
      <Handle type="target" position={Position.Top} />
      <div className="jp-Cellway-nodeName">{middle(name)}</div>
      <div className="jp-Cellway-nodeAbout">{about}</div>
      {state !== null && (
        <span className="jp-Cellway-nodeState" data-tone={state.tone} aria-hidden="true">
          {state.sign}
        </span>
      )}
      <Handle type="source" position={Position.Bottom} />
    </div>
  );
}

function NamesLine({ sourceX, sourceY, targetX, targetY, data, markerEnd }: EdgeProps<NamesEdge>): JSX.Element {
  const points = [{ x: sourceX, y: sourceY }, ...(data?.bends ?? []), { x: targetX, y: targetY }];
  const path = points
    .slice(1)
    .map(({ x, y }, at) => {
      const { x: x0, y: y0 } = points[at]!;
      const half = (y0 + y) / 2;
      return `${at === 0 ? `M${x0} ${y0}` : ''}C${x0} ${half} ${x} ${half} ${x} ${y}`;
    })
    .join('');
  const [a, b] = [points[0]!, points[1]!];
  return (
    <>
      <BaseEdge path={path} markerEnd={markerEnd} />
      <EdgeLabelRenderer>
        <div
          className="jp-Cellway-edgeLabel"
          style={{ transform: `translate(-50%, -50%) translate(${(a.x + b.x) / 2}px, ${(a.y + b.y) / 2}px)` }}
          title={data?.whole}
        >
          {data?.label}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

// The same objects each time: xyflow makes all nodes anew when they change.
const NODE_TYPES = { step: StepBox };
const EDGE_TYPES = { names: NamesLine };

const namesOf = (edge: Edge): readonly string[] => [...new Set(edge.names.map(one => one.name))];

function short(names: readonly string[]): string {
  const text = names.slice(0, 2).map(middle).join(', ');
  return names.length > 2 ? `${text} +${names.length - 2}` : text;
}

/** A long name without its middle. */
function middle(name: string): string {
  return name.length <= 18 ? name : `${name.slice(0, 10)}…${name.slice(-6)}`;
}

function cellsOf(indices: readonly number[], trans: TranslationBundle): string {
  const [first, last] = [indices[0], indices.at(-1)];
  return first === last ? trans.__('cell %1', first ?? '–') : trans.__('cells %1–%2', first!, last!);
}
