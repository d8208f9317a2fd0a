/*
 * Functions that may not be named in purser: each is a compile error. Every source file includes this one last
 * (system headers name some of them; `make layers` checks), so "no shell is ever run" is an invariant of the build.
 */
#ifndef PURSER_BASE_BANNED_H
#define PURSER_BASE_BANNED_H

#pragma GCC poison system popen execl execle execlp execv execve execvp execvpe fork vfork
#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat gets strtok atoi atol atof
#pragma GCC poison asctime ctime tmpnam mktemp

#endif
