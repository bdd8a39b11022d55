/* RTP load over the loopback: media_load SECONDS SEND < "local-port target-port" lines, a stream each.
 *
 * Every socket sends 172 octets each 20 ms (when SEND is 1), the streams spread over the 20 ms in steps of one
 * millisecond, and hears what comes to it. Prints: sent received p50 p99 p999 of the gaps between packets, in
 * microseconds, of all streams together; the first second does not count. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define MOST 8192
#define BUCKET 100 /* microseconds */
#define BUCKETS 20000

static int sockets[MOST];
static uint64_t last[MOST];
static unsigned long gaps[BUCKETS], heard, sent, counted;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static struct sockaddr_in at(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static unsigned long percentile(double share) {
    unsigned long wanted = (unsigned long)(share * (double)counted), seen = 0;
    for (unsigned long i = 0; i < BUCKETS; i++)
        if ((seen += gaps[i]) > wanted) return i * BUCKET;
    return (unsigned long)BUCKETS * BUCKET;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    double seconds = atof(argv[1]);
    int send_too = atoi(argv[2]), count = 0, local, target;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int epoll = epoll_create1(0);
    while (count < MOST && scanf("%d %d", &local, &target) == 2) {
        int opened = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        struct sockaddr_in mine = at(local), theirs = at(target);
        if (bind(opened, (struct sockaddr *)&mine, sizeof mine) || connect(opened, (struct sockaddr *)&theirs, sizeof theirs)) {
            perror("media_load");
            return 1;
        }
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)count};
        epoll_ctl(epoll, EPOLL_CTL_ADD, opened, &event);
        sockets[count++] = opened;
    }
    unsigned char packet[172] = {0x80, 0};
    memset(packet + 12, 0xff, 160);
    uint64_t start = now(), end = start + (uint64_t)(seconds * 1e6), due = start, warm = start + 1000000;
    unsigned slot = 0, round = 0;
    struct epoll_event events[512];
    char data[2048];
    while (now() < end) {
        uint64_t present = now();
        if (present > due + 200000) due = present; /* the machine was busy with something else: no burst after it */
        while (send_too && present >= due) {
            for (int i = (int)slot; i < count; i += 20) {
                uint32_t stamp = htonl(round * 160), source = htonl((uint32_t)i + 1);
                packet[2] = (unsigned char)(round >> 8);
                packet[3] = (unsigned char)round;
                memcpy(packet + 4, &stamp, 4);
                memcpy(packet + 8, &source, 4);
                sent += send(sockets[i], packet, sizeof packet, 0) == sizeof packet;
            }
            due += 1000;
            if (++slot == 20) slot = 0, round++;
        }
        int ready = epoll_wait(epoll, events, 512, 1);
        for (int i = 0; i < ready; i++) {
            uint32_t n = events[i].data.u32;
            while (recv(sockets[n], data, sizeof data, 0) > 0) {
                uint64_t moment = now(), gap = moment - last[n];
                heard++;
                if (last[n] && moment > warm) {
                    gaps[gap / BUCKET < BUCKETS ? gap / BUCKET : BUCKETS - 1]++;
                    counted++;
                }
                last[n] = moment;
            }
        }
    }
    printf("%lu %lu %lu %lu %lu\n", sent, heard, percentile(0.5), percentile(0.99), percentile(0.999));
    return 0;
}
