/* Which version this is; debian/changelog says the same. */
#ifndef PURSER_BASE_VERSION_H
#define PURSER_BASE_VERSION_H

#define VERSION "0.1.0"
#define VERSION_DATE "2026-11-26"

#endif
