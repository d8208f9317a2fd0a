/*
 * Words that a runtime has and purser has nothing to add to: they are handed to it as they are, with the terminal. They are no part of
 * help's list, never meant by an abbreviation, and suggested for a mistyped word only where none of purser's own is near.
 * X(word, what it does, arguments of an example, what the example does, the runtimes that lack it or NULL, REMOVES if it may remove
 * containers, whose logs are then collected first, READS if it changes nothing whatever stands behind it, else ANY)
 */
#ifndef PURSER_COMMAND_THROUGH_H
#define PURSER_COMMAND_THROUGH_H

#include "command/command.h"

#define THROUGH(X)                                                                                                     \
	X(compose, "start and stop what a compose file describes", "up -d", "all of it, in the background", NULL, REMOVES) \
	X(login, "log in to a registry", "registry.example", "it asks for name and password", NULL, ANY) \
	X(logout, "log out from a registry", "registry.example", "what login kept is gone", NULL, ANY) \
	X(search, "search a registry for images", "nginx", "docker's own registry", NULL, READS) \
	X(version, "show the versions of the runtime and its engine", "", "each part's", NULL, READS) \
	X(info, "show how the engine is set up", "", "its storage, its networks, its limits", NULL, READS) \
	X(system, "ask about the engine's disk space and events, clean it up", "df", "how much images and volumes take", NULL, REMOVES) \
	X(manifest, "work with images for several platforms", "inspect alpine", "for which there is one", NULL, ANY) \
	X(builder, "manage builds", "prune", "throw away what builds keep", NULL, ANY) \
	X(buildx, "build with BuildKit", "ls", "its builders", "nerdctl", ANY) \
	X(context, "manage the engines that docker knows", "ls", "which there are", "nerdctl", ANY) \
	X(secret, "manage secrets", "ls", "their names", "nerdctl", ANY) \
	X(checkpoint, "save the state of running containers", "ls web", "what was saved of one", "podman", ANY) \
	X(healthcheck, "run a container's health check", "run web", "now, once", "docker", ANY) \
	X(plugin, "manage the engine's plugins", "ls", "which there are", "nerdctl, podman", ANY) \
	X(trust, "manage signatures of images", "inspect alpine", "who signed it", "nerdctl, podman", ANY) \
	X(scout, "look for known faults in images", "quickview", "in short", "nerdctl, podman", ANY) \
	X(swarm, "make this engine part of a swarm", "init", "its first node", "nerdctl, podman", REMOVES) \
	X(node, "manage a swarm's nodes", "ls", "which there are", "nerdctl, podman", ANY) \
	X(service, "manage a swarm's services", "ls", "which there are", "nerdctl, podman", ANY) \
	X(stack, "manage a swarm's stacks", "ls", "which there are", "nerdctl, podman", REMOVES) \
	X(config, "manage a swarm's configs", "ls", "which there are", "nerdctl, podman", ANY) \
	X(namespace, "manage containerd's namespaces", "ls", "which there are", "docker, podman", ANY) \
	X(apparmor, "manage profiles of AppArmor", "ls", "which there are", "docker, podman", ANY) \
	X(ipfs, "distribute images by IPFS", "registry serve", "a registry over it", "docker, podman", ANY) \
	X(pod, "manage pods", "ls", "which there are", "docker, nerdctl", REMOVES) \
	X(generate, "write units and files from containers", "systemd web", "a unit for one", "docker, nerdctl", ANY) \
	X(kube, "run what Kubernetes' files describe", "play pod.yaml", "a pod", "docker, nerdctl", REMOVES) \
	X(play, "run what Kubernetes' files describe", "kube pod.yaml", "a pod", "docker, nerdctl", REMOVES) \
	X(machine, "manage podman's virtual machines", "ls", "which there are", "docker, nerdctl", ANY) \
	X(unshare, "run a program in podman's user namespace", "id", "who one is there", "docker, nerdctl", ANY) \
	X(mount, "mount a container's files", "web", "prints where", "docker, nerdctl", ANY) \
	X(unmount, "take that away", "web", "of one container", "docker, nerdctl", ANY) \
	X(untag, "take a name away from an image", "web:old", "its other names stay", "docker, nerdctl", ANY) \
	X(init, "set a container up without starting it", "web", "start it later", "docker, nerdctl", ANY)

#define X(word, ...) extern const struct command cmd_through_##word;
THROUGH(X)
#undef X

#endif
