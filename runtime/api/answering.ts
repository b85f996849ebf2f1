/** An asynchronous handler whose rejection becomes the request's problem. */
import type { Request, RequestHandler, Response } from 'express';

export function answering(handler: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return (request, response, next) => {
    const answer = async (): Promise<void> => {
      try {
        await handler(request, response);
      } catch (error) {
        next(error);
      }
    };
    void answer();
  };
}
