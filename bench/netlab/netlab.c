// netlab: a small network of hosts (Linux network namespaces) joined by links with delay, jitter,
// loss and rate, all in user space (one TUN device a host), for kernels without the netem qdisc.
//
//   netlab CONFIG [CONTROL_FIFO]      (root) builds the network and runs it until SIGTERM or SIGINT
//
// CONFIG, one statement a line ('#' starts a comment):
//   prefix TEXT                       namespaces are called TEXT-NAME; "nl" when not given
//   host NAME IPV4                    a host: namespace nl-NAME, device net0 with IPV4/16
//   link * * DELAY JITTER LOSS RATE   default of every pair: one-way ms, ms, percent, Mbit/s (0: no limit)
//   link A B DELAY JITTER LOSS RATE   both directions between A and B
//   path A B DELAY JITTER LOSS RATE   from A to B only
//   cut A B | heal A B                drop everything between A and B ('*' for any host), or stop that
// A packet takes DELAY and a random part of JITTER. The same 'link', 'path', 'cut' and 'heal' lines
// written to CONTROL_FIFO change a running network. Says "netlab: N hosts up" when it is up.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_HOSTS 64
#define MTU 1500
#define QUEUE_MS 400.0 // a rate-limited link holds at most this much, then drops the tail
#define BURST 256      // packets read from one host before the others have their turn

typedef struct {
  char name[16];
  uint32_t ip;
  int fd;
} Host;

typedef struct {
  double delay_ms, jitter_ms, loss_percent, rate_mbps;
  int cut;
  uint64_t free_at;  // when the rate limit lets the next packet begin, ns
  uint64_t last_out; // when the last packet arrives, ns
} Path;

typedef struct {
  uint64_t at, seq;
  int to, length;
  unsigned char *bytes;
} Packet;

static char prefix[24] = "nl";
static Host host[MAX_HOSTS];
static int hosts;
static Path paths[MAX_HOSTS][MAX_HOSTS];
static volatile sig_atomic_t stopped;

static void on_stop(int signal) {
  (void)signal;
  stopped = 1;
}

static void die(const char *what) {
  fprintf(stderr, "netlab: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

// ---- packets under way: a heap, the next to arrive on top ----

static Packet *heap;
static size_t heap_size, heap_capacity;

static int is_earlier(const Packet *a, const Packet *b) {
  return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void swap(size_t a, size_t b) {
  Packet packet = heap[a];
  heap[a] = heap[b];
  heap[b] = packet;
}

static void push(Packet packet) {
  if (heap_size == heap_capacity) {
    heap_capacity = heap_capacity ? heap_capacity * 2 : 1024;
    heap = realloc(heap, heap_capacity * sizeof *heap);
    if (!heap) die("memory");
  }
  size_t i = heap_size++;
  heap[i] = packet;
  for (; i && is_earlier(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2) swap(i, (i - 1) / 2);
}

static Packet pop(void) {
  Packet top = heap[0];
  heap[0] = heap[--heap_size];
  for (size_t i = 0;;) {
    size_t left = 2 * i + 1, right = left + 1, first = i;
    if (left < heap_size && is_earlier(&heap[left], &heap[first])) first = left;
    if (right < heap_size && is_earlier(&heap[right], &heap[first])) first = right;
    if (first == i) return top;
    swap(i, first);
    i = first;
  }
}

// ---- hosts and paths ----

static void run(const char *command) {
  if (system(command) == 0) return;
  fprintf(stderr, "netlab: failed: %s\n", command);
  exit(1);
}

static int find_host(const char *name) {
  for (int i = 0; i < hosts; i++)
    if (!strcmp(host[i].name, name)) return i;
  return -1;
}

// Names go into shell commands and device paths.
static int is_name(const char *text) {
  return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static void remove_hosts(void) {
  char command[64];
  for (int i = 0; i < hosts; i++) {
    close(host[i].fd);
    snprintf(command, sizeof command, "ip netns del %.23s-%.15s", prefix, host[i].name);
    if (system(command)) fprintf(stderr, "netlab: failed: %s\n", command);
  }
  hosts = 0;
}

static int open_tun(const char *namespace_file) {
  int root = open("/proc/self/ns/net", O_RDONLY), inside = open(namespace_file, O_RDONLY);
  if (root < 0 || inside < 0 || setns(inside, CLONE_NEWNET)) die(namespace_file);
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tun < 0) die("/dev/net/tun");
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI, .ifr_name = "net0" };
  if (ioctl(tun, TUNSETIFF, &request)) die("TUNSETIFF");
  if (setns(root, CLONE_NEWNET)) die("setns back");
  close(root);
  close(inside);
  return tun;
}

static void add_host(const char *name, const char *ip) {
  if (hosts == MAX_HOSTS) {
    fprintf(stderr, "netlab: too many hosts\n");
    exit(1);
  }
  char command[512], file[64];
  Host *added = &host[hosts];
  if (!is_name(name) || strlen(name) >= sizeof added->name) {
    fprintf(stderr, "netlab: bad name %s\n", name);
    exit(1);
  }
  strcpy(added->name, name);
  if (inet_pton(AF_INET, ip, &added->ip) != 1) {
    fprintf(stderr, "netlab: bad address %s\n", ip);
    exit(1);
  }
  snprintf(file, sizeof file, "/var/run/netns/%s-%s", prefix, name);
  if (!access(file, F_OK)) {
    fprintf(stderr,
            "netlab: namespace %s-%s is there already: another netlab runs, or one was killed (then: ip netns del %s-%s)\n",
            prefix, name, prefix, name);
    exit(1);
  }
  snprintf(command, sizeof command, "ip netns add %s-%s", prefix, name);
  run(command);
  hosts++;
  added->fd = open_tun(file);
  snprintf(command, sizeof command,
           "ip netns exec %s-%s sh -c 'ip link set lo up; ip addr add %s/16 dev net0; "
           "ip link set net0 mtu %d txqueuelen 2000 up; ip route add default dev net0'",
           prefix, name, ip, MTU);
  run(command);
}

static void set_path(Path *path, const Path *quality) {
  path->delay_ms = quality->delay_ms;
  path->jitter_ms = quality->jitter_ms;
  path->loss_percent = quality->loss_percent;
  path->rate_mbps = quality->rate_mbps;
}

// Takes a 'link', 'path', 'cut' or 'heal' for one pair of hosts; 0, or -1 when it is none of them.
static int change_path(const char *verb, int words, Path *path, const Path *quality, int is_forward,
                       int is_backward, int is_loop) {
  if (!strcmp(verb, "link") && words >= 4) {
    if (is_forward || is_backward) set_path(path, quality);
  } else if (!strcmp(verb, "path") && words >= 4) {
    if (is_forward) set_path(path, quality);
  } else if (!strcmp(verb, "cut")) {
    if ((is_forward || is_backward) && !is_loop) path->cut = 1;
  } else if (!strcmp(verb, "heal")) {
    if (is_forward || is_backward) path->cut = 0;
  } else {
    return -1;
  }
  return 0;
}

// Carries out one line; 0, or -1 when it is not understood.
static int carry_out(char *line, int is_running) {
  char *comment = strchr(line, '#');
  if (comment) *comment = 0;
  char verb[16] = "", a[64] = "", b[64] = "";
  Path quality = { 0 };
  int words = sscanf(line, "%15s %63s %63s %lf %lf %lf %lf", verb, a, b, &quality.delay_ms,
                     &quality.jitter_ms, &quality.loss_percent, &quality.rate_mbps);
  if (words <= 0) return 0;
  if (!is_running && !strcmp(verb, "prefix")) {
    if (words != 2 || hosts || !is_name(a) || strlen(a) >= sizeof prefix) return -1;
    strcpy(prefix, a);
    return 0;
  }
  if (!is_running && !strcmp(verb, "host") && words == 3) {
    add_host(a, b);
    return 0;
  }
  int any_a = !strcmp(a, "*"), any_b = !strcmp(b, "*"), host_a = find_host(a), host_b = find_host(b);
  if (words < 3 || (!any_a && host_a < 0) || (!any_b && host_b < 0)) return -1;
  for (int from = 0; from < hosts; from++) {
    for (int to = 0; to < hosts; to++) {
      int is_forward = (any_a || from == host_a) && (any_b || to == host_b);
      int is_backward = (any_a || to == host_a) && (any_b || from == host_b);
      if (change_path(verb, words, &paths[from][to], &quality, is_forward, is_backward, from == to)) return -1;
    }
  }
  return 0;
}

// ---- forwarding ----

// When a packet that is sent now arrives, ns; 0: never.
static uint64_t arrival(Path *path, ssize_t length) {
  if (path->cut || (path->loss_percent > 0 && drand48() * 100 < path->loss_percent)) return 0;
  uint64_t now = now_ns(), out = now;
  if (path->rate_mbps > 0) {
    if (path->free_at < now) path->free_at = now;
    if ((double)(path->free_at - now) / 1e6 > QUEUE_MS) return 0;
    path->free_at += (uint64_t)((double)length * 8000.0 / path->rate_mbps);
    out = path->free_at;
  }
  double delay_ms = path->delay_ms + (path->jitter_ms > 0 ? path->jitter_ms * drand48() : 0);
  out += (uint64_t)(delay_ms * 1e6);
  if (out < path->last_out) out = path->last_out; // jitter delays, it does not reorder
  path->last_out = out;
  return out;
}

static int find_destination(const unsigned char *packet, ssize_t length) {
  if (length < 20 || (packet[0] >> 4) != 4) return -1;
  uint32_t ip;
  memcpy(&ip, packet + 16, sizeof ip);
  for (int i = 0; i < hosts; i++)
    if (host[i].ip == ip) return i;
  return -1;
}

// Takes what a host has sent.
static void take(int from) {
  static uint64_t seq;
  unsigned char buffer[MTU + 64];
  for (int i = 0; i < BURST; i++) {
    ssize_t length = read(host[from].fd, buffer, sizeof buffer);
    if (length <= 0) return;
    int to = find_destination(buffer, length);
    uint64_t at = to < 0 ? 0 : arrival(&paths[from][to], length);
    if (!at) continue;
    Packet packet = { at, seq++, to, (int)length, malloc((size_t)length) };
    if (!packet.bytes) die("memory");
    memcpy(packet.bytes, buffer, (size_t)length);
    push(packet);
  }
}

// Delivers what has arrived and sets the timer to what arrives next.
static void deliver(int timer) {
  uint64_t now = now_ns();
  while (heap_size && heap[0].at <= now) {
    Packet packet = pop();
    // A receiver that is down, or whose queue is full, loses it, as on a wire.
    if (write(host[packet.to].fd, packet.bytes, (size_t)packet.length) < 0) errno = 0;
    free(packet.bytes);
  }
  struct itimerspec next = { 0 };
  if (heap_size) {
    uint64_t wait = heap[0].at > now ? heap[0].at - now : 1;
    next.it_value.tv_sec = (time_t)(wait / 1000000000ull);
    next.it_value.tv_nsec = (long)(wait % 1000000000ull);
  }
  timerfd_settime(timer, 0, &next, NULL);
}

static void read_control(int control) {
  static char rest[4096];
  static size_t kept;
  ssize_t length = read(control, rest + kept, sizeof rest - 1 - kept);
  if (length <= 0) return;
  kept += (size_t)length;
  rest[kept] = 0;
  char *line = rest;
  for (char *end; (end = strchr(line, '\n')); line = end + 1) {
    *end = 0;
    if (carry_out(line, 1)) fprintf(stderr, "netlab: not understood: %s\n", line);
  }
  kept = strlen(line);
  if (kept == sizeof rest - 1) kept = 0; // a line that never ends
  memmove(rest, line, kept);
}

static void read_config(const char *name) {
  FILE *file = fopen(name, "r");
  if (!file) die(name);
  char line[256];
  for (int number = 1; fgets(line, sizeof line, file); number++) {
    if (carry_out(line, 0)) {
      fprintf(stderr, "netlab: %s:%d: not understood\n", name, number);
      exit(2);
    }
  }
  fclose(file);
}

static void watch(int epoll, int fd, uint32_t id) {
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = id };
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) die("epoll");
}

int main(int argc, char **argv) {
  enum { TIMER = MAX_HOSTS, CONTROL };
  if (argc < 2) {
    fprintf(stderr, "usage: netlab CONFIG [CONTROL_FIFO]\n");
    return 2;
  }
  srand48(1);
  signal(SIGTERM, on_stop);
  signal(SIGINT, on_stop);
  signal(SIGPIPE, SIG_IGN);
  atexit(remove_hosts);
  read_config(argv[1]);

  int epoll = epoll_create1(EPOLL_CLOEXEC), control = -1;
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  for (int i = 0; i < hosts; i++) watch(epoll, host[i].fd, (uint32_t)i);
  watch(epoll, timer, TIMER);
  if (argc > 2) {
    unlink(argv[2]);
    if (mkfifo(argv[2], 0600)) die(argv[2]);
    control = open(argv[2], O_RDWR | O_NONBLOCK | O_CLOEXEC);
    watch(epoll, control, CONTROL);
  }
  printf("netlab: %d hosts up\n", hosts);
  fflush(stdout);

  while (!stopped) {
    deliver(timer);
    struct epoll_event events[MAX_HOSTS + 2];
    int count = epoll_wait(epoll, events, MAX_HOSTS + 2, -1);
    for (int i = 0; i < count; i++) {
      uint32_t id = events[i].data.u32;
      uint64_t expirations;
      if (id < MAX_HOSTS) take((int)id);
      else if (id == CONTROL) read_control(control);
      else if (read(timer, &expirations, sizeof expirations) < 0) continue;
    }
  }
  if (argc > 2) unlink(argv[2]);
  return 0;
}
