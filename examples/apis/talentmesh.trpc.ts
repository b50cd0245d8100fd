// The router type is the contract; the client infers everything from it.
import { initTRPC } from '@trpc/server';
import { z } from 'zod';

const t = initTRPC.create();

export const appRouter = t.router({
  position: t.router({
    byId: t.procedure.input(z.object({ id: z.string() })).query(({ input }) => positions.find(input.id)),
    pause: t.procedure.input(z.object({ id: z.string() })).mutation(({ input }) => positions.pause(input.id)),
  }),
  notifications: t.router({
    unread: t.procedure.query(() => ({ count: 0 })),
  }),
});

export type AppRouter = typeof appRouter;
