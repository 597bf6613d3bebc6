/* version.h - the one place that names the release. */
#ifndef TL_CORE_VERSION_H
#define TL_CORE_VERSION_H

#define TL_VERSION "0.1.0"

#endif
