import { LabIcon } from '@jupyterlab/ui-components';

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><g class="jp-icon3" fill="#616161"><rect x="5.5" y="1" width="5" height="4" rx="1"/><rect x="1" y="11" width="5" height="4" rx="1"/><rect x="10" y="11" width="5" height="4" rx="1"/></g><path class="jp-icon3" d="M8 5v2.5M3.5 11V9.2A1.7 1.7 0 0 1 5.2 7.5h5.6a1.7 1.7 0 0 1 1.7 1.7V11" fill="none" stroke="#616161" stroke-width="1.3" style="fill:none"/></svg>';

export const cellwayIcon = new LabIcon({ name: 'cellway:icon', svgstr: svg });
