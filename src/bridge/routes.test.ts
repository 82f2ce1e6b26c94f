import { operations } from '@cellway/core/api/http';
import { ROUTES } from './routes';

test('the page knows each operation by its method and path', () => {
  const known = Object.entries(operations).map(([name, { method, path }]) => [name, { method, path }]);
  expect(ROUTES).toEqual(Object.fromEntries(known));
});
