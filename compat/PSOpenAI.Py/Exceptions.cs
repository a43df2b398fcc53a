// Compiled when the first error of this kind is written, so that catch [PSOpenAI.APIRequest...] finds the types.
// Windows PowerShell's compiler knows C# 5 only.

namespace PSOpenAI.APIRequest
{
    using System.Net.Http;

    public class APIRequestException : HttpRequestException
    {
        public APIRequestException(string message) : base(message) { }
    }

    public class BadRequestException : APIRequestException
    {
        public BadRequestException(string message) : base(message) { }
    }

    public class ContentFilteredException : BadRequestException
    {
        public ContentFilteredException(string message) : base(message) { }
    }

    public class UnauthorizedException : APIRequestException
    {
        public UnauthorizedException(string message) : base(message) { }
    }

    public class PermissionDeniedException : APIRequestException
    {
        public PermissionDeniedException(string message) : base(message) { }
    }

    public class NotFoundException : APIRequestException
    {
        public NotFoundException(string message) : base(message) { }
    }

    public class ConflictException : APIRequestException
    {
        public ConflictException(string message) : base(message) { }
    }

    public class UnprocessableEntityException : APIRequestException
    {
        public UnprocessableEntityException(string message) : base(message) { }
    }

    public class RateLimitExceededException : APIRequestException
    {
        public RateLimitExceededException(string message) : base(message) { }
    }

    public class QuotaLimitExceededException : RateLimitExceededException
    {
        public QuotaLimitExceededException(string message) : base(message) { }
    }
}
