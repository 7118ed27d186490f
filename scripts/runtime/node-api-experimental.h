// The one declaration of the experimental Node-API that node-api-headers leaves out; the symbol itself is in every
// runtime since Node 18.19. With it, finalizers that may touch the heap are put off until it is safe.
#ifndef SWITCHYARD_NODE_API_EXPERIMENTAL_H
#define SWITCHYARD_NODE_API_EXPERIMENTAL_H

#include <node_api.h>

#define NODE_API_EXPERIMENTAL_HAS_POST_FINALIZER

extern "C" NAPI_EXTERN napi_status NAPI_CDECL node_api_post_finalizer(napi_env env,
                                                                      napi_finalize finalize_cb,
                                                                      void* finalize_data,
                                                                      void* finalize_hint);

#endif
