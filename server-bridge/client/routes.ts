import type { Routes } from '@cellway/core/api/client';
import { operations } from '@cellway/core/api/http';

export const ROUTES: Routes = operations;
