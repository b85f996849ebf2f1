import type { Request, RequestHandler, Response } from 'express';

/** An asynchronous handler whose failure ends in the problem handler. */
export function handled(work: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return async (request, response, next) => {
    try {
      await work(request, response);
    } catch (error) {
      next(error);
    }
  };
}
