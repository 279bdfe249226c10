// The manager is the operator: flags, options, manager, controllers, start.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"go.uber.org/zap/zapcore"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/commissioning-support/operator/controllers"
)

// version is set by the linker.
var version = "dev"

// flags are what the installation decides, with the defaults of config/manager.
type flags struct {
	controllers.Options
	leaderElection  bool
	metricsAddress  string
	metricsSecure   bool
	probeAddress    string
	callers         string
	dnsPort         int
	timeZone        string
	gracefulTimeout time.Duration
	showVersion     bool
}

// bind declares the flags, with the defaults.
func bind(f *flags, logging *zap.Options) {
	flag.BoolVar(&f.leaderElection, "leader-elect", true, "Work only while holding the lease, so that of several replicas one works.")
	flag.StringVar(&f.OperatorNamespace, "namespace", envOr("POD_NAMESPACE", f.OperatorNamespace), "Namespace that the operator runs in; it is never a consortium's, and holds the lease.")
	flag.StringVar(&f.metricsAddress, "metrics-bind-address", ":8443", "Address of the metrics; 0 for none.")
	flag.BoolVar(&f.metricsSecure, "metrics-secure", true, "Serve metrics over TLS, to those whom the cluster lets read them.")
	flag.BoolVar(&f.PerConsortiumMetrics, "metrics-per-consortium", false, "Tell of each consortium too: three series for each.")
	flag.StringVar(&f.probeAddress, "health-probe-bind-address", ":8081", "Address of /healthz and /readyz; 0 for none.")
	flag.StringVar(&f.DNSNamespace, "dns-namespace", f.DNSNamespace, "Namespace of the cluster's DNS, which every pod may ask.")
	flag.IntVar(&f.dnsPort, "dns-port", int(f.DNSPort), "Port of the DNS pods.")
	flag.StringVar(&f.callers, "caller-namespaces", "", "Namespaces, separated by commas, whose pods may call every function: the gateway's and the monitoring's.")
	flag.StringVar(&f.ClusterDomain, "cluster-domain", f.ClusterDomain, "What the names of the cluster's Services end in.")
	flag.StringVar(&f.Issuer, "token-issuer", f.Issuer, "Issuer of the tokens that consortia show to services.")
	flag.StringVar(&f.timeZone, "time-zone", controllers.DefaultTimeZone, "Time zone in which days begin and end, by its name in the tz database.")
	flag.DurationVar(&f.gracefulTimeout, "graceful-shutdown-timeout", 20*time.Second, "How long reconciles in progress may take to end.")
	flag.BoolVar(&f.showVersion, "version", false, "Print the version, and end.")
	logging.BindFlags(flag.CommandLine)
}

// contentLevel is from which verbosity on client-go logs the content of requests and answers.
const contentLevel = 8

func main() {
	defaults, err := controllers.DefaultOptions()
	f, logging := flags{Options: defaults}, zap.Options{}
	bind(&f, &logging)
	flag.Parse()
	if f.showVersion {
		fmt.Println("commissioning-support-operator", version)
		return
	}
	if err == nil {
		err = start(f, logging)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "operator stopped:", err)
		os.Exit(1)
	}
}

func start(f flags, logging zap.Options) error {
	if logging.Level != nil && logging.Level.Enabled(zapcore.Level(-contentLevel)) {
		return fmt.Errorf("--zap-log-level: at most %d: above that, what is read and written is logged, and Secrets with it", contentLevel-1)
	}
	logger := zap.New(zap.UseFlagOptions(&logging))
	ctrl.SetLogger(logger)
	klog.SetLogger(logger)
	return run(ctrl.SetupSignalHandler(), f)
}

func run(ctx context.Context, f flags) error {
	f.Version = version
	f.DNSPort = int32(f.dnsPort) //nolint:gosec // checked by the API server, which refuses other ports
	if f.callers != "" {
		f.CallerNamespaces = strings.Split(f.callers, ",")
	}
	var err error
	if f.Zone, err = time.LoadLocation(f.timeZone); err != nil {
		return fmt.Errorf("--time-zone: %w", err)
	}
	options, err := managerOptions(f)
	if err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the cluster: %w", err)
	}
	config.UserAgent = "commissioning-support-operator/" + version
	mgr, err := ctrl.NewManager(config, options)
	if err != nil {
		return fmt.Errorf("make the manager: %w", err)
	}
	if err := controllers.Setup(ctx, mgr, f.Options); err != nil {
		return err
	}
	if err := addProbes(mgr); err != nil {
		return err
	}
	ctrl.Log.Info("Starting", "version", version)
	return mgr.Start(ctx)
}

func managerOptions(f flags) (ctrl.Options, error) {
	scheme, err := controllers.Scheme()
	if err != nil {
		return ctrl.Options{}, err
	}
	cacheOptions, err := controllers.CacheOptions()
	if err != nil {
		return ctrl.Options{}, err
	}
	metrics := metricsserver.Options{BindAddress: f.metricsAddress, SecureServing: f.metricsSecure}
	if f.metricsSecure {
		metrics.FilterProvider = filters.WithAuthenticationAndAuthorization
	}
	return ctrl.Options{
		Scheme:                        scheme,
		Cache:                         cacheOptions,
		Client:                        client.Options{FieldOwner: controllers.FieldOwner, FieldValidation: "Strict"},
		Metrics:                       metrics,
		HealthProbeBindAddress:        f.probeAddress,
		LeaderElection:                f.leaderElection,
		LeaderElectionID:              "commissioning-support-operator",
		LeaderElectionNamespace:       f.OperatorNamespace,
		LeaderElectionReleaseOnCancel: true,
		GracefulShutdownTimeout:       &f.gracefulTimeout,
	}, nil
}

// addProbes tells alive from ready: a replica is ready when its cache is filled, leader or not.
func addProbes(mgr ctrl.Manager) error {
	if err := mgr.AddHealthzCheck("alive", healthz.Ping); err != nil {
		return fmt.Errorf("health check: %w", err)
	}
	ready := func(r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), time.Second)
		defer cancel()
		if !mgr.GetCache().WaitForCacheSync(ctx) {
			return fmt.Errorf("the cache is being filled")
		}
		return nil
	}
	if err := mgr.AddReadyzCheck("cache", ready); err != nil {
		return fmt.Errorf("readiness check: %w", err)
	}
	return nil
}

func envOr(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
