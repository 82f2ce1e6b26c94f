import { lazy, Suspense } from 'react';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Parts } from './panel';

// Nothing of it is loaded before it is first seen.
const Sidebar = lazy(() => import('./panel').then(({ Sidebar }) => ({ default: Sidebar })));

export class SidebarWidget extends ReactWidget {
  constructor(private readonly parts: Parts) {
    super();
    this.addClass('jp-Cellway-sidebar');
  }

  protected override render(): JSX.Element {
    return (
      <Suspense fallback={null}>
        <Sidebar {...this.parts} />
      </Suspense>
    );
  }
}
