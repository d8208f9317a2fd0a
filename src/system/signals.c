#include "system/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/banned.h"

int signals_open(struct signals *signals, struct error *err)
{
	sigset_t stop, end, resize;
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	sigaddset(&stop, SIGQUIT);
	sigemptyset(&end);
	sigaddset(&end, SIGTERM);
	sigaddset(&end, SIGHUP);
	sigemptyset(&resize);
	sigaddset(&resize, SIGWINCH);

	signals->stop_fd = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	signals->end_fd = signalfd(-1, &end, SFD_CLOEXEC | SFD_NONBLOCK);
	signals->resize_fd = signalfd(-1, &resize, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->stop_fd < 0 || signals->end_fd < 0 || signals->resize_fd < 0) {
		signals_close(signals);
		return error_system(err, "signalfd");
	}
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &resize, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTSTP, SIG_IGN); /* the prompt has nothing to come back to with the terminal in readline's mode */
	signal(SIGTTOU, SIG_IGN);
	return 0;
}

void signals_close(struct signals *signals)
{
	fd_close(&signals->stop_fd);
	fd_close(&signals->end_fd);
	fd_close(&signals->resize_fd);
}

int signals_take(const struct signals *signals)
{
	struct signalfd_siginfo info;
	return read(signals->stop_fd, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

bool signals_take_resize(const struct signals *signals)
{
	struct signalfd_siginfo info;
	bool any = false;
	while (read(signals->resize_fd, &info, sizeof info) == sizeof info)
		any = true;
	return any;
}
